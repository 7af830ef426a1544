// The platform's object, and the calls that differ.
const alipay = typeof my == 'object';
const host = alipay ? my : typeof tt == 'object' ? tt : typeof qq == 'object' ? qq : typeof swan == 'object' ? swan : wx;

exports.request = (url, success, fail) => host.request({ url, method: 'POST', data: JSON.stringify({ card: '6222020202020208' }), success, fail });
exports.open = (url) => host.navigateTo({ url });
exports.keep = (key, data) => (alipay ? host.setStorageSync({ key, data }) : host.setStorageSync(key, data));
