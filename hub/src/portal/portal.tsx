// The frame around a guide: what is above it and beside it.

import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { useEffect, useState } from 'react';
import { chapters, guideAt, pathOf } from './guides';
import { GuidePage } from './page/guide-page';
import { NotFound } from './page/not-found';
import { SampleLanguage } from './page/samples';
import { go, usePlace } from './route';
import { TopBar } from './top-bar';
import { words } from './words';

const WIDE = '(min-width: 689px)';

export function Portal() {
  const { path } = usePlace();
  const [open, setOpen] = useState(() => matchMedia(WIDE).matches);
  const slug = guideAt(path);

  useEffect(() => {
    // On a narrow screen AppLayout says of its <nav> how it is oriented, which a <nav> may not say (ARIA 1.2).
    // It is drawn anew whenever the window gets narrow.
    const mend = () => document.querySelector('nav[aria-orientation]')?.removeAttribute('aria-orientation');
    const drawn = new MutationObserver(mend);
    drawn.observe(document.body, { childList: true, subtree: true, attributeFilter: ['aria-orientation'] });
    mend();
    return () => drawn.disconnect();
  }, []);

  return (
    <>
      <TopBar />
      <SampleLanguage>
        <AppLayout
          headerSelector="#top"
          toolsHide
          navigationOpen={open}
          onNavigationChange={({ detail }) => setOpen(detail.open)}
          navigationWidth={260}
          ariaLabels={{
            navigation: words.guides,
            navigationToggle: words.openGuides,
            navigationClose: words.closeGuides,
          }}
          navigation={
            <SideNavigation
              header={{ text: words.guides, href: '/docs' }}
              activeHref={slug && pathOf(slug)}
              items={[
                ...chapters.map((chapter) => ({
                  type: 'section-group' as const,
                  title: chapter.title,
                  items: chapter.guides.map((guide) => ({
                    type: 'link' as const,
                    text: guide.title,
                    href: pathOf(guide.slug),
                  })),
                })),
                { type: 'divider' },
                { type: 'link', text: words.reference, href: '/docs/reference' },
                { type: 'link', text: words.backToHub, href: '/' },
              ]}
              onFollow={(event) => {
                // The reference and the Hub are pages of their own.
                if (guideAt(event.detail.href) === undefined) return;
                event.preventDefault();
                go(event.detail.href);
                if (!matchMedia(WIDE).matches) setOpen(false);
              }}
            />
          }
          content={slug ? <GuidePage key={slug} slug={slug} /> : <NotFound />}
        />
      </SampleLanguage>
    </>
  );
}
