// Calls the platform's API with HTTP Basic.
// Takes API_URL, HUBKEYS_KEY and HUBKEYS_SECRET from the environment. Needs nothing but Node 18 or newer.

const { API_URL, HUBKEYS_KEY, HUBKEYS_SECRET } = process.env;

const credentials = Buffer.from(`${HUBKEYS_KEY}:${HUBKEYS_SECRET}`).toString('base64');
const answer = await fetch(`${API_URL}/v1/replies`, {
  headers: { Authorization: `Basic ${credentials}` },
  signal: AbortSignal.timeout(10_000),
});
console.log(answer.status, await answer.text());
if (!answer.ok) process.exitCode = 1;
