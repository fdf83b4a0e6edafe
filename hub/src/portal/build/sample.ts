// A sample as a guide shows it: the whole file, or the region it names.

import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

const REGION = /^\s*(?:#|\/\/) region (\S+)$/;
const END = /^\s*(?:#|\/\/) endregion$/;

/** Throws if there is no such file, or no such region in it: a guide never shows less than it means to. */
export function sample(path: string, region?: string): { code: string; language: string } {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const shown: string[] = [];
  let open: string | undefined;
  let found = false;
  for (const line of lines) {
    const starts = REGION.exec(line)?.[1];
    if (starts) {
      open = starts;
      found ||= starts === region;
    } else if (END.test(line)) {
      open = undefined;
    } else if (!region || open === region) {
      shown.push(line);
    }
  }
  if (region && !found) throw new Error(`${path} has no region ${region}`);
  const indents = shown.filter((line) => line.trim()).map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  const code = shown.map((line) => line.slice(indent)).join('\n');
  return { code, language: extname(path).slice(1) };
}
