import type { Key } from '../api/types';

/** The file that `hubkeys keys create --env-file` writes too. Without the key's name: some load such files word by word. */
export function envFile(key: Pick<Key, 'id'>, secret: string): string {
  return `HUBKEYS_KEY=${key.id}\nHUBKEYS_SECRET=${secret}\n`;
}

/** A file name that every system takes, recognisable by the key's name. */
export function envFileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return `${plain || 'hubkeys'}.env`;
}

/** Hands a text over as a file. It is built at the click and let go at once. */
export function download(text: string, name: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
