const keys = (n: number) => `${n} ${n === 1 ? 'key' : 'keys'}`;

export const revoke = {
  title: (n: number) => (n === 1 ? 'Revoke key' : `Revoke ${n} keys`),
  stops: 'What stops working',
  consequence: (n: number) =>
    n === 1
      ? 'Requests with this key are refused from the moment this succeeds. There is no way back.'
      : 'Requests with these keys are refused from the moment this succeeds. There is no way back.',
  inUse: (n: number) => (n === 1 ? 'This key was used in the last 7 days' : `${n} of these were used in the last 7 days`),
  inUseDetail: 'Software that still uses it stops working.',
  inUseDetailMany: 'Software that still uses them stops working.',
  reason: 'Reason',
  optional: 'optional',
  reasonDetail: 'Kept in the history of the key. For example: left in a repository.',
  reasonTooLong: (found: number) => `The reason has ${found} characters. 256 are the most.`,
  reasonForbidden: (at: number) => `The character at position ${at} is a control character or invisible. Remove it.`,
  typeName: (name: string) => `Type the name to confirm: ${name}`,
  typeCount: (n: number) => `Type the number of keys to confirm: ${n}`,
  mismatch: 'That is not the same yet.',
  submit: 'Revoke',
  cancel: 'Cancel',
  close: 'Close',
  done: (n: number) => (n === 1 ? 'The key is revoked' : `${keys(n)} are revoked`),
  doneDetail: 'It is refused from now on.',
  doneDetailMany: 'They are refused from now on.',
  progress: 'Revoking',
  progressOf: (done: number, of: number) => `${done} of ${of} keys`,
  results: 'Results',
  result: { revoked: 'Revoked', failed: 'Not revoked', waiting: 'Waiting' },
  summary: (revoked: number, of: number) => `${revoked} of ${keys(of)} ${revoked === 1 ? 'is' : 'are'} revoked`,
  leftDetail: 'The others still work. The list says why.',
  retry: (n: number) => `Try ${keys(n)} again`,
  more: (n: number) => `and ${n} more`,
  listLabel: 'Keys to be revoked',
};
