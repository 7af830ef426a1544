// The few things that the platforms call differently. Everything else of the bank is the same.

/** `port/main.js` puts the platform's own object here: `my`, `tt`, … */
const host = wx;
const alipay = typeof my !== 'undefined' && host === my;

/** A call of the bank's services: resolves with `{ status, body }`, also where the status is bad. */
exports.request = (url, method, content) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = {
      url,
      method,
      dataType: 'json',
      success: (answer) => resolve({ status: answer.statusCode || answer.status, body: answer.data }),
      // Alipay fails what is not 2xx, and says the status all the same.
      fail: (error) => {
        if (error && error.error === 19) resolve({ status: error.status || error.statusCode, body: error.data });
        else reject(new Error((error && (error.errMsg || error.errorMessage)) || 'no answer'));
      },
    };
    if (content !== undefined) options.data = JSON.stringify(content);
    options[alipay ? 'headers' : 'header'] = headers;
    host.request(options);
  });

/** Downloads a file; resolves with its path on the device. */
exports.download = (url) =>
  new Promise((resolve, reject) => {
    host.downloadFile({
      url,
      success: (answer) => resolve(answer.tempFilePath || answer.apFilePath),
      fail: (error) => reject(new Error((error && (error.errMsg || error.errorMessage)) || 'no file')),
    });
  });

/** Uploads a file of the device. */
exports.upload = (url, filePath) =>
  new Promise((resolve, reject) => {
    const options = {
      url,
      filePath,
      success: (answer) => resolve({ status: Number(answer.statusCode) }),
      fail: (error) => reject(new Error((error && (error.errMsg || error.errorMessage)) || 'not sent')),
    };
    if (alipay) Object.assign(options, { fileName: 'papers', fileType: 'image' });
    else options.name = 'papers';
    host.uploadFile(options);
  });

/** Lets the customer choose a picture; resolves with its path. */
exports.choosePicture = () =>
  new Promise((resolve, reject) => {
    host.chooseImage({
      count: 1,
      success: (answer) => resolve((answer.tempFilePaths || answer.apFilePaths)[0]),
      fail: () => reject(new Error('no picture')),
    });
  });

exports.stored = (key) => {
  const found = alipay ? host.getStorageSync({ key }).data : host.getStorageSync(key);
  return found === '' || found === null ? undefined : found;
};

exports.store = (key, data) => {
  if (alipay) host.setStorageSync({ key, data });
  else host.setStorageSync(key, data);
};

exports.open = (url) => host.navigateTo({ url });
exports.openTab = (url) => host.switchTab({ url });
exports.startAgain = (url) => host.reLaunch({ url });

exports.title = (title) => {
  if (alipay) host.setNavigationBar({ title });
  else host.setNavigationBarTitle({ title });
};

/** The texts below; a page without tabs fails them, which is no matter. */
exports.tabs = (texts) => {
  texts.forEach((text, index) => host.setTabBarItem({ index, text, fail() {} }));
};

exports.say = (message) => {
  if (alipay) host.showToast({ content: message });
  else host.showToast({ title: message, icon: 'none' });
};

/** `zh` or `en`, as the customer's device is set. */
exports.language = () => (/^zh/i.test(host.getSystemInfoSync().language || '') ? 'zh' : 'en');

/** Makes a component from WeChat's form of it. Its methods reach its parent by `triggerEvent`. */
exports.component = (definition) => {
  if (!alipay) return Component(definition);
  const props = {};
  Object.keys(definition.properties).forEach((name) => {
    props[name] = definition.properties[name].value;
  });
  return Component({
    props,
    data: definition.data || {},
    methods: Object.assign({ triggerEvent }, definition.methods),
  });
};

/** Alipay's parent hands a function down where WeChat's listens to an event. */
function triggerEvent(type, detail) {
  const listener = this.props[`on${type[0].toUpperCase()}${type.slice(1)}`];
  if (listener) listener({ type, detail });
}
