// The frame around a guide: what is above it and beside it.

import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import {
  colorBackgroundCellShaded,
  colorBorderDividerDefault,
  colorTextBodyDefault,
  colorTextBodySecondary,
  colorTextInteractiveDefault,
} from '@cloudscape-design/design-tokens';
import { useState } from 'react';
import type { CSSProperties } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { chapters, guideAt, pathOf } from './guides';
import { GuidePage } from './page/guide-page';
import { NotFound } from './page/not-found';
import { SampleLanguage } from './page/samples';
import { TopBar } from './top-bar';
import { words } from './words';

const WIDE = '(min-width: 689px)';

/** Cloudscape's colours for what portal.css draws. They are light or dark as the page is. */
const colours = {
  '--portal-text': colorTextBodyDefault,
  '--portal-code': colorBackgroundCellShaded,
  '--portal-line': colorBorderDividerDefault,
  '--portal-quiet': colorTextBodySecondary,
  '--portal-hint': colorTextInteractiveDefault,
} as CSSProperties;

export function Portal() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [open, setOpen] = useState(() => matchMedia(WIDE).matches);
  const slug = guideAt(pathname);

  return (
    <div style={colours}>
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
                navigate(event.detail.href);
                if (!matchMedia(WIDE).matches) setOpen(false);
              }}
            />
          }
          content={slug ? <GuidePage key={slug} slug={slug} /> : <NotFound />}
        />
      </SampleLanguage>
    </div>
  );
}
