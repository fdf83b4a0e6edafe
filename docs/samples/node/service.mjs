// A service that lets in only whom verify knows.
// Takes HUBKEYS_URL and HUBKEYS_SERVICE_TOKEN from the environment, and PORT (a free one if it is not set).
// Needs nothing but Node 18 or newer. To be put behind a server that speaks TLS.

import { createServer } from 'node:http';

const { HUBKEYS_URL, HUBKEYS_SERVICE_TOKEN, PORT } = process.env;
const MAX_BODY = 256 * 1024;

// region verify
/** What verify decides about a request. An error means that nothing was decided: answer 503, never let it pass. */
async function verify(request, body) {
  const headers = [];
  // Not request.headers, which joins and drops duplicates: they are part of what is judged.
  for (let at = 0; at < request.rawHeaders.length; at += 2) headers.push(request.rawHeaders.slice(at, at + 2));
  const answer = await fetch(`${HUBKEYS_URL}/v1/verify`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${HUBKEYS_SERVICE_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      method: request.method,
      target: request.url,
      url_scheme: 'http',
      headers,
      body_base64: body.length ? body.toString('base64') : null,
    }),
    signal: AbortSignal.timeout(2_000),
  });
  if (!answer.ok) throw new Error(`verify answered ${answer.status}`);
  return answer.json();
}
// endregion

/** The whole body, or null if it is too large. */
async function read(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function answer(request) {
  const body = await read(request);
  if (body === null) return [413, { message: 'The body is too large' }];
  const decision = await verify(request, body);
  if (decision.outcome === 'valid' && decision.allowed) {
    return [200, { account: decision.account, scheme: decision.scheme }];
  }
  // The reason is for this log. The client reads one text for all reasons.
  console.error(`refused: ${decision.outcome}`);
  return [decision.status, { message: 'Not accepted' }];
}

const server = createServer(async (request, response) => {
  const [status, document] = await answer(request).catch((error) => {
    console.error(`nobody can tell: ${error.message}`);
    return [503, { message: 'Try again in a moment' }];
  });
  const headers = { 'Content-Type': 'application/json' };
  if (status === 401) headers['WWW-Authenticate'] = 'Basic realm="api"';
  if (status === 413) headers.Connection = 'close';
  response.writeHead(status, headers).end(JSON.stringify(document));
});
server.listen(Number(PORT ?? 0), '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`);
});
