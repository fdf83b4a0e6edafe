// Signs requests in Hub HMAC with SHA-256: a GET, and a POST with a body.
// Takes API_URL, HUBKEYS_KEY and HUBKEYS_SECRET from the environment. Needs nothing but Node 18 or newer.

import { createHash, createHmac } from 'node:crypto';

const { API_URL, HUBKEYS_KEY, HUBKEYS_SECRET } = process.env;

// region sign
/** The headers that prove who sends this request. `target` is the path with its query, exactly as it is sent. */
function sign(method, target, body) {
  const headers = { Date: new Date().toUTCString() };
  if (body) headers['Content-MD5'] = createHash('md5').update(body).digest('hex');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  lines.push(`${method} ${target} HTTP/1.1`);
  const signature = createHmac('sha256', HUBKEYS_SECRET).update(lines.join('\n')).digest('base64');
  const names = [...Object.keys(headers), 'request-line'].join(' ');
  headers.Authorization =
    `hmac username="${HUBKEYS_KEY}", algorithm="hmac-sha256", headers="${names}", signature="${signature}"`;
  return headers;
}
// endregion

async function call(method, target, body) {
  const headers = sign(method, target, body);
  if (body) headers['Content-Type'] = 'application/json';
  const answer = await fetch(API_URL + target, { method, headers, body, signal: AbortSignal.timeout(10_000) });
  console.log(answer.status, await answer.text());
  if (!answer.ok) process.exitCode = 1;
}

await call('GET', '/v1/replies?limit=10');
// This text is signed and this is sent: serialise once.
const message = { content: 'Hello World', destination_number: '+61491570156', format: 'SMS' };
await call('POST', '/v1/messages', JSON.stringify({ messages: [message] }));
