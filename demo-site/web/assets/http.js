// Calls to the bank's API.

/** An answer that is not 2xx; `body` is its JSON, or nothing. */
export class Refusal extends Error {
  constructor(status, body) {
    super(`the API answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

async function call(address, options) {
  const answer = await fetch(address, options);
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refusal(answer.status, body);
  return body;
}

export const get = (address) => call(address);

export const post = (address, content = {}) =>
  call(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(content),
  });
