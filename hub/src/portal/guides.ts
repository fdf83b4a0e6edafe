// The guides in the order they are read in, and where each is.

import { chapters, load } from 'virtual:guides';

export { chapters, load };

const order = chapters.flatMap((chapter) => chapter.guides);
const first = order[0]?.slug ?? '';

/** The first guide is the portal's own first page. */
export function pathOf(slug: string): string {
  return slug === first ? '/docs' : `/docs/guides/${slug}`;
}

/** Which guide a path shows, if it shows one. */
export function guideAt(path: string): string | undefined {
  const trimmed = path.replace(/\/$/, '');
  return order.find((guide) => pathOf(guide.slug) === trimmed)?.slug;
}

export function neighbours(slug: string) {
  const at = order.findIndex((guide) => guide.slug === slug);
  return { previous: order[at - 1], next: order[at + 1] };
}
