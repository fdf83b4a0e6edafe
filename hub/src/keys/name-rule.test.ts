import { describe, expect, it } from 'vitest';
import { NAME_MAX, faultOf, lengthOf, trimmed } from './name-rule';

describe('a name', () => {
  it.each(['Nightly export', 'a', 'ü'.repeat(64), '夜间导出', '  trimmed  ', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 England', '👩‍💻 laptop', '<script>'])('may be %j', (name) => {
    expect(faultOf(name, NAME_MAX)).toBeUndefined();
  });

  it.each(['', '   ', '\n\t', '\u00a0\u3000'])('is empty when it is only white space: %j', (name) => {
    expect(faultOf(name, NAME_MAX)).toEqual({ kind: 'empty' });
  });

  it('has 64 characters at most, and an emoji outside the basic plane is one of them', () => {
    expect(faultOf('🙂'.repeat(64), NAME_MAX)).toBeUndefined();
    expect(faultOf('🙂'.repeat(65), NAME_MAX)).toEqual({ kind: 'too-long', found: 65 });
  });

  it('counts without the white space that the server trims', () => {
    expect(lengthOf('  two words ')).toBe(9);
    expect(trimmed('\u2003x\u0085')).toBe('x');
  });

  it.each([
    ['a line break', 'a\nb', 2],
    ['a right-to-left override', 'abc\u202Edef', 4],
    ['a zero-width space', '\u200Babc', 1],
    ['a soft hyphen', 'a\u00ADb', 2],
    ['a byte order mark at its end', 'ab\uFEFF', 3],
    ['a language tag', 'a\u{E0001}b', 2],
    ['a forbidden character after an emoji', '🙂\u0000', 2],
  ])('must not hold %s, and says where', (_, name, at) => {
    expect(faultOf(name, NAME_MAX)).toEqual({ kind: 'forbidden', at });
  });
});
