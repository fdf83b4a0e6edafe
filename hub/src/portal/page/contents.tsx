// The headings of a guide: beside it, or on a narrow screen above it and folded.

import AnchorNavigation from '@cloudscape-design/components/anchor-navigation';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { Guide } from '../blocks';
import { plain } from '../blocks';
import { go, usePlace } from '../route';
import { words } from '../words';

export function Contents({ guide, narrow = false }: { guide: Guide; narrow?: boolean }) {
  const { path } = usePlace();
  const anchors = guide.blocks.flatMap((block) =>
    block.type === 'heading' && block.level <= 3
      ? [{ text: plain(block.children), href: `#${block.id}`, level: block.level - 1 }]
      : [],
  );
  if (anchors.length < 2) return null;
  const id = narrow ? 'contents-narrow' : 'contents';
  const list = (
    <AnchorNavigation
      anchors={anchors}
      ariaLabelledby={id}
      scrollSpyOffset={80}
      onFollow={(event) => {
        event.preventDefault();
        go(path + event.detail.href);
      }}
    />
  );
  if (narrow) {
    return (
      <div className="portal-contents-narrow">
        <ExpandableSection variant="footer" headerText={<span id={id}>{words.onThisPage}</span>} headingTagOverride="h2">
          {list}
        </ExpandableSection>
      </div>
    );
  }
  return (
    <aside className="portal-contents">
      <h2 id={id}>{words.onThisPage}</h2>
      {list}
    </aside>
  );
}
