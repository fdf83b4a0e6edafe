// Redoc as its authors bundle it, as a file of ours: `virtual:redoc` is its address.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const MODULE = 'virtual:redoc';
const IN_DEVELOPMENT = '/redoc.standalone.js';

// A logo beside "API docs by Redocly", which it would fetch from its makers. No page of ours asks anybody else for anything.
const LOGO = '"https://cdn.redoc.ly/redoc/logo-mini.svg"';
const EMPTY = '"data:image/svg+xml,%3Csvg xmlns=\'http://www.w3.org/2000/svg\' width=\'1\' height=\'1\'/%3E"';

function bundle(): string {
  const path = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  const parts = readFileSync(path, 'utf8').split(LOGO);
  // Another release may fetch it in another way: then somebody has to look.
  if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} addresses of its logo, and not one`);
  return parts.join(EMPTY);
}

export function redoc(): Plugin {
  let building = false;
  return {
    name: 'redoc',
    configResolved: ({ command }) => {
      building = command === 'build';
    },
    configureServer: ({ middlewares }) => {
      middlewares.use(IN_DEVELOPMENT, (_, response) => {
        response.setHeader('Content-Type', 'text/javascript').end(bundle());
      });
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      if (!building) return `export default '${IN_DEVELOPMENT}';`;
      const file = this.emitFile({ type: 'asset', name: 'redoc.js', source: bundle() });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}
