// What a guide is made of, once the build has read it. The page only draws this: no Markdown and no HTML reaches it.

export type Inline =
  | string
  | { type: 'code'; text: string }
  | { type: 'strong' | 'em'; children: Inline[] }
  | { type: 'link'; href: string; children: Inline[] }
  | { type: 'break' };

/** A piece of code with the class of its colour, if it has one. */
export type Token = [text: string, colour?: string];

export interface Sample {
  /** What the guide calls it: `Python`, or what it shows. Empty in a document that names none. */
  label: string;
  lines: Token[][];
}

export type Block =
  | { type: 'heading'; level: number; id: string; children: Inline[] }
  | { type: 'paragraph'; children: Inline[] }
  | { type: 'list'; ordered: boolean; items: Block[][] }
  | { type: 'table'; header: Inline[][]; rows: Inline[][][] }
  | { type: 'note'; children: Block[] }
  | { type: 'samples'; samples: Sample[] };

export interface Guide {
  title: string;
  blocks: Block[];
}

/** The text of some prose, without its form. */
export function plain(children: Inline[]): string {
  return children
    .map((child) => {
      if (typeof child === 'string') return child;
      if (child.type === 'code') return child.text;
      return child.type === 'break' ? ' ' : plain(child.children);
    })
    .join('');
}
