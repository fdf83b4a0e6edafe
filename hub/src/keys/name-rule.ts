// The server's rule for names and reasons, so that a fault is shown while typing. The server's word is final.

export const NAME_MAX = 64;
export const REASON_MAX = 256;

export type TextFault = { kind: 'empty' } | { kind: 'too-long'; found: number } | { kind: 'forbidden'; at: number };

/** What nobody sees, or what controls the line or the direction of the text around it. Emojis need joiners and tags: those may. */
const FORBIDDEN =
  /[\p{Cc}\u{2028}\u{2029}\u{061C}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{00AD}\u{115F}\u{1160}\u{180E}\u{200B}\u{2060}-\u{2064}\u{206A}-\u{206F}\u{2800}\u{3164}\u{FEFF}\u{FFA0}\u{FFF9}-\u{FFFB}\u{E0001}]/u;

/** Unicode white space, as the server trims it. `String.trim` takes U+FEFF away too, which the server refuses. */
const ENDS = /^\p{White_Space}+|\p{White_Space}+$/gu;

export function trimmed(text: string): string {
  return text.replace(ENDS, '');
}

/** Characters as the server counts them: Unicode scalar values, not UTF-16 units. */
export function lengthOf(text: string): number {
  return [...trimmed(text)].length;
}

/** The first fault of a text of 1 to `longest` characters. Positions count from 1, as people do. */
export function faultOf(text: string, longest: number): TextFault | undefined {
  const characters = [...trimmed(text)];
  if (characters.length === 0) return { kind: 'empty' };
  if (characters.length > longest) return { kind: 'too-long', found: characters.length };
  const at = characters.findIndex((character) => FORBIDDEN.test(character));
  return at < 0 ? undefined : { kind: 'forbidden', at: at + 1 };
}
