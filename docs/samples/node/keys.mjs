// Manages keys: creates one, lists all, revokes it.
// Takes HUBKEYS_URL and HUBKEYS_TOKEN (an administrator's) from the environment. Needs nothing but Node 18 or newer.

const { HUBKEYS_URL, HUBKEYS_TOKEN } = process.env;

async function ask(method, path, body, headers = {}) {
  const answer = await fetch(HUBKEYS_URL + path, {
    method,
    headers: { Authorization: `Bearer ${HUBKEYS_TOKEN}`, 'Content-Type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const document = await answer.json();
  if (!answer.ok) throw new Error(`${document.type}: ${document.detail} (request ${document.request_id})`);
  return document;
}

// region create
/** Sent again for the same job, this gives the same key, and no secret. Keep the secret where you keep secrets. */
function create(name, scheme, job) {
  return ask('POST', '/v1/keys', { name, scheme }, { 'Idempotency-Key': job });
}
// endregion

// region list
/** All of them, a page at a time. */
async function* liveKeys() {
  let cursor;
  do {
    const query = new URLSearchParams({ status: 'active', ...(cursor && { cursor }) });
    const page = await ask('GET', `/v1/keys?${query}`);
    yield* page.keys;
    cursor = page.next_cursor;
  } while (cursor);
}
// endregion

// region revoke
/** Once this resolves, the key is refused. Revoking it again succeeds and changes nothing. */
function revoke(key, reason) {
  return ask('POST', `/v1/keys/${key}/revoke`, { reason });
}
// endregion

const key = await create('Nightly export', 'hmac', 'nightly-export-node');
console.log('created', key.id);
for await (const live of liveKeys()) console.log('live   ', live.id, live.name);
console.log((await revoke(key.id, 'replaced by a new one')).status, key.id);
