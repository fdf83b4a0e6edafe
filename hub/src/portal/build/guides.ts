// The guides of docs/guides, and what of docs/ they lead on to, as a module of the page: `virtual:guides`.
// A missing sample, a dead link and a guide that is not in contents.json end the build.

import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import type { Guide } from '../blocks.ts';
import { anchors, read } from './markdown.ts';
import { sample } from './sample.ts';

const FOLDER = fileURLToPath(new URL('../../../../docs/guides', import.meta.url));
const SAMPLES = resolve(FOLDER, '../samples');
const LIST = 'virtual:guides';
const GUIDE = 'virtual:guide/';

/** A chapter of the navigation, as contents.json has it: the paths of its guides, without `.md`. */
interface Chapter {
  title: string;
  guides: string[];
}

interface Read {
  chapters: { title: string; guides: { slug: string; title: string }[] }[];
  guides: Map<string, Guide>;
  /** Every file that was read. */
  files: Set<string>;
}

/** The first guide is the portal's own first page. */
export function path(slug: string, first: string): string {
  return slug === first ? '/docs' : `/docs/guides/${slug}`;
}

export function readGuides(): Read {
  const contents = join(FOLDER, 'contents.json');
  const chapters = JSON.parse(readFileSync(contents, 'utf8')) as Chapter[];
  const files = new Set([contents]);
  const documents = new Map<string, string>();
  for (const guide of chapters.flatMap((chapter) => chapter.guides)) {
    documents.set(basename(guide), resolve(FOLDER, `${guide}.md`));
  }
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.md'))) {
    if (!documents.has(file.slice(0, -'.md'.length))) throw new Error(`docs/guides/${file} is not in contents.json`);
  }
  const first = documents.keys().next().value ?? '';
  const wanted: { from: string; slug: string; anchor: string }[] = [];
  const guides = new Map<string, Guide>();
  for (const [slug, file] of documents) {
    files.add(file);
    const from = relative(resolve(FOLDER, '../..'), file);
    const folder = dirname(file);
    const links = {
      fences: folder !== FOLDER,
      sample(href: string) {
        const [name = '', region] = href.split('#');
        const file = resolve(folder, name);
        if (!file.startsWith(`${SAMPLES}/`)) return undefined;
        files.add(file);
        return sample(file, region);
      },
      target(href: string) {
        if (/^https?:/.test(href)) return href;
        if (href === '/docs/reference' || href === '/') return href;
        const [name = '', anchor] = href.split('#');
        const file = name ? resolve(folder, name) : documents.get(slug);
        // The reference that is made from the code says what docs/api.md says, in a form to look things up in.
        if (file === resolve(FOLDER, '../api.md')) return '/docs/reference';
        const found = [...documents].find(([, document]) => document === file)?.[0];
        if (!found) {
          if (folder === FOLDER) throw new Error(`${from}: the portal has no ${href}`);
          return undefined;
        }
        if (anchor) wanted.push({ from, slug: found, anchor });
        return path(found, first) + (anchor ? `#${anchor}` : '');
      },
    };
    try {
      guides.set(slug, read(readFileSync(file, 'utf8'), links));
    } catch (error) {
      throw new Error(`${from}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  for (const { from, slug, anchor } of wanted) {
    const guide = guides.get(slug);
    if (!guide || !anchors(guide).includes(anchor)) throw new Error(`${from}: ${slug} has no #${anchor}`);
  }
  const title = (slug: string) => guides.get(slug)?.title ?? '';
  return {
    chapters: chapters.map((chapter) => ({
      title: chapter.title,
      guides: chapter.guides.map((guide) => ({ slug: basename(guide), title: title(basename(guide)) })),
    })),
    guides,
    files,
  };
}

export function guides(): Plugin {
  let now: Read | undefined;
  return {
    name: 'guides',
    buildStart() {
      now = readGuides();
      for (const file of now.files) this.addWatchFile(file);
    },
    resolveId: (id) => (id === LIST || id.startsWith(GUIDE) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith('\0virtual:guide')) return undefined;
      now ??= readGuides();
      if (id === `\0${LIST}`) {
        const loads = [...now.guides.keys()].map((slug) => `'${slug}': () => import('${GUIDE}${slug}')`);
        return `export const chapters = ${JSON.stringify(now.chapters)};\nexport const load = { ${loads.join(', ')} };`;
      }
      return `export default ${JSON.stringify(now.guides.get(id.slice(GUIDE.length + 1)))};`;
    },
  };
}
