// A client of the platform's API, and the service that it calls and that asks verify who it is.
import { createHash, createHmac } from 'node:crypto';
import type { Scheme } from './api';
import type { Stack } from './stack';

export interface Credentials {
  key: string;
  secret: string;
}

export interface Decision {
  outcome: string;
  allowed: boolean;
  key?: string;
  account?: string;
  scheme?: string;
  bound?: { body: string; dialect: string; algorithm?: string };
}

type Headers = [name: string, value: string][];

const METHOD = 'POST';
const TARGET = '/v1/messages?x=1';
const BODY = '{"messages":[{"content":"Hello World"}]}';

function basic({ key, secret }: Credentials): Headers {
  return [['Authorization', `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`]];
}

/** By hand, as docs/verify.md has it step by step. */
function hmac({ key, secret }: Credentials, algorithm: string): Headers {
  const date = new Date().toUTCString();
  const digest = createHash('md5').update(BODY).digest('hex');
  const text = `Date: ${date}\nContent-MD5: ${digest}\n${METHOD} ${TARGET} HTTP/1.1`;
  const signature = createHmac(algorithm, secret).update(text).digest('base64');
  return [
    ['Date', date],
    ['Content-MD5', digest],
    ['Authorization', `hmac username="${key}", algorithm="hmac-${algorithm}", headers="Date Content-MD5 request-line", signature="${signature}"`],
  ];
}

/** Sends one request with these credentials; the answer is what verify said of it. */
export async function use(stack: Stack, scheme: Scheme, credentials: Credentials, algorithm = 'sha256'): Promise<Decision> {
  const answer = await fetch(`${stack.url}/v1/verify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await stack.serviceToken()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      method: METHOD,
      target: TARGET,
      headers: scheme === 'basic' ? basic(credentials) : hmac(credentials, algorithm),
      body_base64: Buffer.from(BODY).toString('base64'),
    }),
  });
  if (!answer.ok) throw new Error(`verify answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Decision;
}
