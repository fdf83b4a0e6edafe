// One guide: its title, its text, what is on this page, and the guides before and after it.

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState } from 'react';
import { anchorOf } from '../anchor';
import type { Guide } from '../blocks';
import { load } from '../guides';
import { usePlace } from '../route';
import { words } from '../words';
import { Contents } from './contents';
import { Neighbours } from './neighbours';
import { Prose } from './prose';

type State = { guide: Guide } | 'loading' | 'failed';

export function GuidePage({ slug }: { slug: string }) {
  const [state, setState] = useState<State>('loading');
  const { hash, moves } = usePlace();
  const title = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let left = false;
    load[slug]?.().then(
      (module) => left || setState({ guide: module.default }),
      () => left || setState('failed'),
    );
    return () => {
      left = true;
    };
  }, [slug]);

  const guide = typeof state === 'object' ? state.guide : undefined;

  useEffect(() => {
    if (guide) document.title = `${guide.title} · ${words.portal}`;
  }, [guide]);

  useEffect(() => {
    if (!guide) return;
    const anchor = anchorOf(hash);
    // A page that was just opened is read from its top as it is; one that was gone to by a link takes the focus along.
    if (anchor) {
      anchor.scrollIntoView();
      anchor.focus({ preventScroll: true });
    } else if (moves > 0) {
      scrollTo(0, 0);
      title.current?.focus({ preventScroll: true });
    }
  }, [guide, hash, moves]);

  if (state === 'failed') {
    return (
      <Alert type="error" header={words.failed} action={<Button onClick={() => location.reload()}>{words.reload}</Button>}>
        {words.failedText}
      </Alert>
    );
  }
  if (!guide) return <StatusIndicator type="loading">{words.loading}</StatusIndicator>;
  return (
    <div className="portal-page">
      <article className="portal-guide">
        <div ref={title} tabIndex={-1} className="portal-heading">
          <Box variant="h1">{guide.title}</Box>
        </div>
        <Contents guide={guide} narrow />
        <Prose blocks={guide.blocks} />
        <Neighbours slug={slug} />
      </article>
      <Contents guide={guide} />
    </div>
  );
}
