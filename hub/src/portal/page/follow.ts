import { guideAt } from '../guides';
import { go } from '../route';

/** Follows a link to a guide without loading the page anew, and leaves every other link to the browser. */
export function follow(event: { preventDefault(): void; detail: { href?: string } }) {
  const { href = '' } = event.detail;
  if (guideAt(href.split('#')[0] ?? '') === undefined) return;
  event.preventDefault();
  go(href);
}
