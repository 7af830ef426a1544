// The demo bank's SMS gateway: it sends nothing, and takes as long as it is told to.
//
// An ordinary service that knows nothing of DNA or OpenTelemetry: the agent is loaded before it
// (`node --require @opentelemetry/auto-instrumentations-node/register sms.js`).

const http = require('node:http');

/** No message of the bank's comes near it. */
const BODY_BYTES_MAX = 4096;
/** As long as the bank's pages wait. */
const WAIT_MS_MAX = 10_000;

function answer(response, status, content) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}

const server = http.createServer((request, response) => {
  if (request.method != 'POST' || request.url != '/messages') return answer(response, 404, { code: 'not-found' });
  let body = '';
  request.on('data', (part) => {
    body += part;
    if (body.length > BODY_BYTES_MAX) request.destroy();
  });
  request.on('end', () => {
    let message;
    try {
      message = JSON.parse(body);
    } catch {
      return answer(response, 400, { code: 'unreadable' });
    }
    const waitMs = Math.min(Math.max(Number(message.waitMs) || 0, 0), WAIT_MS_MAX);
    // Nobody is signed in by it, so it may stand here.
    setTimeout(() => answer(response, 200, { code: '271828' }), waitMs);
  });
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`sms listening on http://127.0.0.1:${server.address().port}`);
});
