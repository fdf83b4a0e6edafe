// Prints what the first load of each page weighs, as it goes over the wire, and fails above what was promised.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('./dist', import.meta.url));
const KIB = 1024;

// Each page with the modules that it loads by itself once it runs.
const pages = [
  { page: '/index.html', also: /^(App|Notice)-/, limit: 600 },
  { page: '/docs/index.html', also: /^$/, limit: 400 },
];

const wire = (path) => statSync(existsSync(`${dist}${path}.gz`) ? `${dist}${path}.gz` : `${dist}${path}`).size;

function assetsOf(page, also) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    if (!/\.(html|js)$/.test(path)) return;
    const text = readFileSync(dist + path, 'utf8');
    const names = path.endsWith('.html')
      ? text.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg))"/g)
      : text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g);
    for (const [, name] of names) visit(name.startsWith('/') ? name : `/assets/${name}`);
    for (const [, name] of path.endsWith('.js') ? text.matchAll(/assets\/([\w.-]+\.(?:js|css))/g) : []) {
      if (also.test(name) || name.endsWith('.css')) visit(`/assets/${name}`);
    }
  };
  visit(page);
  return [...found];
}

let over = false;
for (const { page, also, limit } of pages) {
  const assets = assetsOf(page, also);
  const total = assets.reduce((sum, asset) => sum + wire(asset), 0) / KIB;
  console.log(`${page}: ${total.toFixed(0)} KiB of ${limit}, in ${assets.length} files`);
  for (const asset of assets) console.log(`  ${(wire(asset) / KIB).toFixed(1).padStart(6)}  ${asset}`);
  over ||= total > limit;
}
process.exitCode = over ? 1 : 0;
