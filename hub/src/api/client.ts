import createClient, { type Client } from 'openapi-fetch';
import { session } from '../sign-in/session';
import { connection } from './connection';
import { Problem, Unreachable } from './problem';
import type { paths } from './schema';

/** Longer than the 29 s after which the gateway gives up itself, so that its answer is the one that is shown. */
const PATIENCE_MS = 35_000;

/** A request that gets another token, or another sign-in, this often is refused for some other reason. */
const ATTEMPTS = 3;

/**
 * Sends a request as the user who is signed in. When the session has ended, the request waits until somebody has signed in
 * again and is then sent: whoever started it sees a slow answer and keeps what was typed.
 */
async function send(request: Request): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const token = await reach(request.signal, () => session.token(request.signal));
    const again = request.clone();
    again.headers.set('authorization', `Bearer ${token}`);
    const patience = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await reach(request.signal, () => fetch(again, { signal: patience }));
    connection.reached();
    if (response.status !== 401 || attempt === ATTEMPTS) return response;
    session.refused(token);
  }
}

/** Tells "no answer" from everything else. */
async function reach<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (signal.aborted) throw error;
    connection.failed();
    throw new Unreachable('no answer', { cause: error });
  }
}

let client: Client<paths> | undefined;

/** The API of the stack that this page belongs to. */
export function api(): Client<paths> {
  client ??= createClient<paths>({ baseUrl: session.settings.api, fetch: send });
  return client;
}

interface Outcome<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

/** The body of a success with its response, or the problem thrown. */
export async function outcome<Body>(call: Promise<Outcome<Body>>): Promise<{ body: NonNullable<Body>; response: Response }> {
  let result: Outcome<Body>;
  try {
    result = await call;
  } catch (error) {
    // A body that ends early or is no JSON comes from something between us and the API.
    if (error instanceof SyntaxError || error instanceof TypeError) throw new Unreachable('unreadable answer', { cause: error });
    throw error;
  }
  const { data, error, response } = result;
  if (!response.ok) throw Problem.from(response, error);
  if (data === undefined || data === null) throw new Unreachable('empty answer');
  return { body: data, response };
}

export async function body<Body>(call: Promise<Outcome<Body>>): Promise<NonNullable<Body>> {
  return (await outcome(call)).body;
}
