// Calls to the bank's services.

const { api } = require('./config');
const platform = require('./platform');

/** An answer that is not 2xx; `body` is its JSON. */
function refusal(status, body) {
  return Object.assign(new Error(`the service answered ${status}`), { status, body });
}

function call(path, method, content) {
  return platform.request(api + path, method, content).then((answer) => {
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw refusal(answer.status, answer.body);
  });
}

exports.get = (path) => call(path, 'GET');
exports.post = (path, content) => call(path, 'POST', content);
exports.download = (path) => platform.download(api + path);
exports.upload = (path, file) => platform.upload(api + path, file);
