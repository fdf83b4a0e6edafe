import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Api, type NewKey } from './api';
import { BINARY, Stack } from './stack';

export const MANY = 5_000;
/** Few enough that the account stays under its limit of live keys, and as many as one request revokes. */
const AT_ONCE = 50;
export const LIVE = 20;

const FOLDER = resolve(import.meta.dirname, '../node_modules/.cache/hubkeys');

/**
 * A data folder in which `admin@acme` has 5,000 Basic keys, all but 20 revoked, made the way anybody makes them. It takes a
 * minute or so, and is kept for as long as the binary is the same.
 */
export async function seeded(): Promise<{ folder: string; took: number | undefined }> {
  const { size, mtimeMs } = statSync(BINARY);
  const folder = join(FOLDER, createHash('sha256').update(`${MANY} ${LIVE} ${size} ${mtimeMs}`).digest('hex').slice(0, 16));
  if (existsSync(folder)) return { folder, took: undefined };
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const began = Date.now();
  const stack = await Stack.start();
  const api = await Api.as(stack, 'admin@acme');
  for (let made = 0; made < MANY; made += AT_ONCE) {
    const keys = await inParallel(AT_ONCE, (index) => api.create(nameOf(made + index)));
    const revoked = keys.slice(0, Math.max(0, MANY - LIVE - made));
    if (revoked.length > 0) await api.revoke(...revoked.map(({ id }) => id));
  }
  await stack.end();
  await cp(stack.data, `${folder}.new`, { recursive: true });
  await rename(`${folder}.new`, folder);
  await stack.stop();
  return { folder, took: Date.now() - began };
}

/** Not in the order they are made in, so that a sort shows. */
export function nameOf(index: number): string {
  return `Key ${String((index * 1_009) % MANY).padStart(4, '0')}`;
}

async function inParallel(count: number, make: (index: number) => Promise<NewKey>): Promise<NewKey[]> {
  const made: NewKey[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      made[index] = await make(index);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return made;
}
