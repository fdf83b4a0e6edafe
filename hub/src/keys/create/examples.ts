import type { Algorithm, Key } from '../../api/types';

export interface Example {
  id: 'curl' | 'sign' | 'openssl';
  code: string;
}

const URL = 'https://api.example.com/v1/messages';

/** The strongest first that every shell has; the others only for keys that do not allow it. */
const PREFERRED: readonly Algorithm[] = ['hmac-sha256', 'hmac-sha512', 'hmac-sha384', 'hmac-sha1'];

/** Shell commands for a key. Ids and secrets are letters, digits and underscores, so that nothing in them needs quoting. */
export function examplesOf(key: Pick<Key, 'id' | 'scheme' | 'signing'>, secret: string): Example[] {
  if (key.scheme === 'basic') return [{ id: 'curl', code: `curl --user '${key.id}:${secret}' \\\n  ${URL}` }];
  const algorithm = PREFERRED.find((each) => !key.signing || key.signing.algorithms.includes(each)) ?? 'hmac-sha256';
  const dialects = key.signing?.dialects ?? ['hub-hmac'];
  const examples: Example[] = [];
  if (dialects.includes('hub-hmac')) examples.push({ id: 'openssl', code: openssl(key.id, secret, algorithm) });
  const dialect = dialects.includes('hub-hmac') ? 'hub-hmac' : (dialects[0] ?? 'hub-hmac');
  examples.push({ id: 'sign', code: hubkeysSign(key.id, secret, dialect, algorithm) });
  return examples;
}

function hubkeysSign(id: string, secret: string, dialect: string, algorithm: string): string {
  return `export HUBKEYS_KEY=${id}
export HUBKEYS_SECRET=${secret}
hubkeys sign --dialect ${dialect} --algorithm ${algorithm} \\
  --method GET --url ${URL}`;
}

function openssl(id: string, secret: string, algorithm: string): string {
  return `KEY=${id}
SECRET=${secret}
BODY='{"messages":[{"content":"Hello","destination_number":"+61491570156"}]}'

DATE=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
MD5=$(printf %s "$BODY" | openssl dgst -md5 -r | cut -d ' ' -f 1)
SIGNATURE=$(printf 'Date: %s\\nContent-MD5: %s\\nPOST /v1/messages HTTP/1.1' "$DATE" "$MD5" |
  openssl dgst -${algorithm.replace('hmac-', '')} -hmac "$SECRET" -binary | openssl base64 -A)

curl ${URL} \\
  -H "Date: $DATE" -H "Content-MD5: $MD5" -H 'Content-Type: application/json' \\
  -H "Authorization: hmac username=\\"$KEY\\", algorithm=\\"${algorithm}\\", headers=\\"Date Content-MD5 request-line\\", signature=\\"$SIGNATURE\\"" \\
  --data-raw "$BODY"`;
}
