// The least that checks one request in Node: read the key's row, compute the signature, compare.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';

// Installed elsewhere, in a pinned version.
const { DynamoDBClient, GetItemCommand } = createRequire(process.env.MODULES)('@aws-sdk/client-dynamodb');
const client = new DynamoDBClient({});
const runtime = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

async function check(facts) {
  const headers = new Map(facts.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const parameters = new Map(
    [...headers.get('authorization').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: process.env.VIEWS_TABLE,
      Key: { pk: { S: `KEY#${parameters.get('username')}` }, sk: { S: 'VERIFY' } },
      ConsistentRead: true,
    }),
  );
  const signed = `date: ${headers.get('date')}\n${facts.method} ${facts.target} HTTP/1.1`;
  const mac = createHmac('sha256', Item?.secret?.S ?? 'decoy').update(signed).digest();
  const presented = Buffer.from(parameters.get('signature'), 'base64');
  return { valid: Item !== undefined && presented.length === mac.length && timingSafeEqual(presented, mac) };
}

for (;;) {
  const next = await fetch(`${runtime}/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const answer = await check(await next.json());
  await fetch(`${runtime}/${id}/response`, { method: 'POST', body: JSON.stringify(answer) });
}
