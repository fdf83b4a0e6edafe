// Markdown into the blocks that the page draws. Whatever the page can't draw is an error of the build.

import { marked } from 'marked';
import type { Token as Read, Tokens } from 'marked';
import type { Block, Guide, Inline, Sample } from '../blocks.ts';
import { plain } from '../blocks.ts';
import { coloured } from './colours.ts';

/** What the document's links mean; each throws if there is no such thing. */
export interface Links {
  /** Where a link leads in the portal, or nothing if the portal has no such page. */
  target(href: string): string | undefined;
  /** The file that a link to a sample means, or nothing if it is another link. */
  sample(href: string): { code: string; language: string } | undefined;
  /** Whether code may stand in the document itself. In guides it is a file's, which a test runs. */
  fences: boolean;
}

const LANGUAGES: Record<string, string> = { javascript: 'mjs', python: 'py', rust: 'rs' };

export function read(markdown: string, links: Links): Guide {
  const [first, ...rest] = marked.lexer(markdown).filter((token) => token.type !== 'space');
  if (first?.type !== 'heading' || first.depth !== 1) throw new Error('a guide starts with its title');
  return { title: plain(inline(first.tokens ?? [], links)), blocks: blocks(rest, links) };
}

/** The anchors that a document has, as GitHub names them too. */
export function anchors(guide: Guide): string[] {
  return guide.blocks.flatMap((block) => (block.type === 'heading' ? [block.id] : []));
}

function blocks(tokens: Read[], links: Links): Block[] {
  return tokens.filter((token) => token.type !== 'space').map((token) => block(token, links));
}

function block(token: Read, links: Links): Block {
  switch (token.type) {
    case 'heading': {
      const children = inline(token.tokens ?? [], links);
      return { type: 'heading', level: token.depth, id: anchor(plain(children)), children };
    }
    case 'paragraph':
      return samples(token as Tokens.Paragraph, links) ?? { type: 'paragraph', children: inline(token.tokens ?? [], links) };
    case 'text':
      return { type: 'paragraph', children: inline(token.tokens ?? [token], links) };
    case 'list':
      return {
        type: 'list',
        ordered: token.ordered,
        items: (token as Tokens.List).items.map((item) => blocks(item.tokens, links)),
      };
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      const cells = (row: Tokens.TableCell[]) => row.map((cell) => inline(cell.tokens, links));
      return { type: 'table', header: cells(header), rows: rows.map(cells) };
    }
    case 'blockquote':
      return { type: 'note', children: blocks(token.tokens ?? [], links) };
    case 'code': {
      if (!links.fences) throw new Error(`code in the guide itself, and not from a file of docs/samples: ${token.text}`);
      const language = LANGUAGES[token.lang] ?? token.lang ?? '';
      return { type: 'samples', samples: [{ label: '', lines: coloured(token.text, language) }] };
    }
    default:
      throw new Error(`${token.type} is not drawn: ${token.raw}`);
  }
}

/** A paragraph of nothing but links to samples shows the samples, one a tab. */
function samples(paragraph: Tokens.Paragraph, links: Links): Block | undefined {
  const parts = paragraph.tokens.filter((token) => token.type !== 'text' || /[^\s·]/.test(token.raw));
  const shown = parts.map((part): Sample | undefined => {
    const found = part.type === 'link' ? links.sample(part.href) : undefined;
    return found && { label: part.type === 'link' ? part.text : '', lines: coloured(found.code, found.language) };
  });
  if (!shown.some(Boolean)) return undefined;
  if (!shown.every((sample) => sample !== undefined)) {
    throw new Error(`a sample is linked in the middle of a text: ${paragraph.raw}`);
  }
  return { type: 'samples', samples: shown };
}

function inline(tokens: Read[], links: Links): Inline[] {
  return tokens.flatMap((token): Inline[] => {
    switch (token.type) {
      case 'text':
        return token.tokens ? inline(token.tokens, links) : [entities(token.raw)];
      case 'escape':
        return [token.text];
      case 'codespan':
        return [{ type: 'code', text: token.text }];
      case 'strong':
      case 'em':
        return [{ type: token.type, children: inline(token.tokens ?? [], links) }];
      case 'br':
        return [{ type: 'break' }];
      case 'link': {
        const children = inline(token.tokens ?? [], links);
        const href = links.target(token.href);
        return href === undefined ? children : [{ type: 'link', href, children }];
      }
      default:
        throw new Error(`${token.type} is not drawn: ${token.raw}`);
    }
  });
}

function entities(text: string): string {
  const entity = /&#?\w+;/.exec(text);
  if (entity) throw new Error(`write ${entity[0]} as the character that it is`);
  return text.replace(/\n/g, ' ');
}

function anchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
