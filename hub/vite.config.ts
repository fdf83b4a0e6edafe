import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The three pages. Which path is answered with which of them: README.md, "Paths".
const pages = {
  hub: here('./index.html'),
  docs: here('./docs/index.html'),
  reference: here('./docs/reference/index.html'),
};

const COMPRESSIBLE = /\.(html|js|css|svg|json|md)$/;

/** Writes `x.gz` beside every text file of the build, so that a server only has to send it. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
          if (!file.isFile() || !COMPRESSIBLE.test(file.name)) continue;
          const path = join(file.parentPath, file.name);
          const bytes = await readFile(path);
          await writeFile(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
        }
      },
    },
  };
}

const FONT = /url\(["']?data:font\/woff2;base64,([A-Za-z0-9+/=]+)["']?\)/g;

/**
 * Cloudscape's style sheet carries eight faces of Open Sans as base64, 130 KB that would block the first paint. As files,
 * a browser fetches the two or three it shows, and shows text before they are there.
 */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const sheet of Object.values(bundle)) {
          if (sheet.type !== 'asset' || !sheet.fileName.endsWith('.css')) continue;
          sheet.source = String(sheet.source).replace(FONT, (_match, base64: string) => {
            const source = Buffer.from(base64, 'base64');
            const name = `open-sans-${createHash('sha256').update(source).digest('base64url').slice(0, 8)}.woff2`;
            this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
            return `url(/assets/${name})`;
          });
        }
      },
    },
  };
}

/** The API's description, which the local stack serves itself, must also be there where only files are served. */
function openapi(): Plugin {
  return {
    name: 'openapi',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'openapi.json', source: await readFile(here('../docs/openapi.json')) });
    },
  };
}

export default defineConfig({
  base: '/',
  plugins: [react(), fontsAsFiles(), openapi(), precompress()],
  build: {
    target: 'es2022',
    sourcemap: false,
    // Every browser of that target preloads modules itself. The polyfill would be one more script.
    modulePreload: { polyfill: false },
    // The content security policy wants fonts and pictures as files or data; files are cached.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: pages,
    },
    // What the bundles are made of, and its licences.
    license: { fileName: 'licenses.md' },
  },
  // `vite dev` is for work on the page itself; the API and the sign-in are those of a running stack.
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/v1', '/oauth2', '/.well-known', '/logout', '/config.json', '/openapi.json'].map((path) => [
        path,
        process.env.HUBKEYS_URL ?? 'http://127.0.0.1:3000',
      ]),
    ),
  },
  test: { include: ['src/**/*.test.ts'] },
});
