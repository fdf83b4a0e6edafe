import Grid from '@cloudscape-design/components/grid';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import TextFilter from '@cloudscape-design/components/text-filter';
import Toggle from '@cloudscape-design/components/toggle';
import { type ReactNode, useEffect, useState } from 'react';
import { words } from '../words';
import type { KeyPages } from './key-pages';
import { NAME_MAX } from './name-rule';

/** Long enough for a word to be typed, short enough not to be noticed. */
const TYPING_MS = 250;

interface FindKeysProps {
  scheme: string;
  pages: KeyPages;
  /** Shown at the end of its last line. */
  beside?: ReactNode;
}

export function FindKeys({ scheme, pages, beside }: FindKeysProps) {
  const { query, change } = pages;
  const [text, setText] = useState(query.q);

  // Something else may clear it.
  useEffect(() => setText(query.q), [query.q]);

  useEffect(() => {
    const q = [...text.trim()].slice(0, NAME_MAX).join('');
    if (q === query.q) return;
    const timer = setTimeout(() => change({ q }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, query.q, change]);

  return (
    <Grid
      gridDefinition={[
        { colspan: { default: 12, xs: 7, m: 6 } },
        { colspan: { default: 12, xs: 5, m: 6 } },
      ]}
    >
      <TextFilter
        filteringText={text}
        filteringPlaceholder={words.keys.findPlaceholder}
        filteringAriaLabel={words.keys.find(scheme)}
        filteringClearAriaLabel={words.keys.clearFind}
        onChange={({ detail }) => setText(detail.filteringText)}
      />
      <div className="find-more">
        <SpaceBetween direction="horizontal" size="xs">
          <Toggle checked={query.revoked} onChange={({ detail }) => change({ revoked: detail.checked })}>
            {words.keys.showRevoked}
          </Toggle>
          {pages.pending && pages.keys && <Spinner />}
        </SpaceBetween>
        {beside}
      </div>
    </Grid>
  );
}
