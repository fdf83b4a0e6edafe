// Draws the blocks of a guide.

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import type { Block, Inline } from '../blocks';
import { plain } from '../blocks';
import { words } from '../words';
import { follow } from './follow';
import { Samples } from './samples';

export function Prose({ blocks }: { blocks: Block[] }) {
  let heading = '';
  return blocks.map((block, at) => {
    if (block.type === 'heading') heading = plain(block.children);
    return <Drawn key={at} block={block} under={heading} />;
  });
}

/** `under` is the heading that the block is found under. */
function Drawn({ block, under }: { block: Block; under: string }) {
  switch (block.type) {
    case 'heading':
      return <Heading {...block} />;
    case 'paragraph':
      return (
        <p>
          <Text of={block.children} />
        </p>
      );
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, at) => (
            <li key={at}>
              <Prose blocks={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return <Table header={block.header} rows={block.rows} label={words.table(under)} />;
    case 'note':
      return (
        <div className="portal-note">
          <Alert type="info">
            <Prose blocks={block.children} />
          </Alert>
        </div>
      );
    case 'samples':
      return <Samples samples={block.samples} />;
  }
}

function Heading({ level, id, children }: { level: number; id: string; children: Inline[] }) {
  return (
    <div id={id} tabIndex={-1} className="portal-heading">
      <Box variant={level === 2 ? 'h2' : level === 3 ? 'h3' : 'h4'}>
        <Text of={children} />
        <a className="portal-anchor" href={`#${id}`} aria-label={words.linkTo(plain(children))}>
          #
        </a>
      </Box>
    </div>
  );
}

/** A wide table scrolls by itself, also by keyboard, and leaves the page as it is. */
function Table({ header, rows, label }: { header: Inline[][]; rows: Inline[][][]; label: string }) {
  return (
    <div className="portal-table" role="region" aria-label={label} tabIndex={0}>
      <table>
        {header.some((cell) => cell.length) && (
          <thead>
            <tr>
              {header.map((cell, at) =>
                // A corner without a text heads nothing.
                cell.length ? (
                  <th key={at} scope="col">
                    <Text of={cell} />
                  </th>
                ) : (
                  <td key={at} />
                ),
              )}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>
                  <Text of={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Text({ of }: { of: Inline[] }): ReactNode {
  return of.map((part, at) => {
    if (typeof part === 'string') return part;
    switch (part.type) {
      case 'code':
        return <Box key={at} variant="code">{part.text}</Box>;
      case 'strong':
        return <strong key={at}><Text of={part.children} /></strong>;
      case 'em':
        return <em key={at}><Text of={part.children} /></em>;
      case 'break':
        return <br key={at} />;
      case 'link':
        return (
          <Link key={at} href={part.href} onFollow={follow} external={/^https?:/.test(part.href)}>
            <Text of={part.children} />
          </Link>
        );
    }
  });
}
