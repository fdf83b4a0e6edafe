// Pages of a list that only knows "the next one": which cursor leads to which page, and nothing of what is on them.

export interface Cursors {
  /** The page that is shown, from 0. */
  readonly page: number;
  /** What to ask for each page that is known to exist. The first needs none. */
  readonly known: readonly (string | undefined)[];
}

export const FIRST: Cursors = { page: 0, known: [undefined] };

export function cursorOf({ page, known }: Cursors): string | undefined {
  return known[page];
}

/** Goes to a page that is known; to any other, nothing happens. */
export function turnTo(cursors: Cursors, page: number): Cursors {
  return page >= 0 && page < cursors.known.length ? { ...cursors, page } : cursors;
}

/** What the answer for the shown page says of what comes after it. Pages after it that were known are forgotten if it is the last. */
export function learn(cursors: Cursors, next: string | null | undefined): Cursors {
  const after = cursors.page + 1;
  if (!next) return { ...cursors, known: cursors.known.slice(0, after) };
  if (cursors.known[after] === next) return cursors;
  // The cursors further on were made for a list that has since changed.
  return { ...cursors, known: [...cursors.known.slice(0, after), next] };
}

/** Whether more pages exist than are known. */
export function openEnd({ page, known }: Cursors, next: string | null | undefined): boolean {
  return Boolean(next) && page === known.length - 1;
}
