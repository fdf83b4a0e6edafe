import type { Scheme } from '../api/types';

const count = (n: number) => `${n} ${n === 1 ? 'key' : 'keys'}`;

export const keys = {
  title: 'API Settings',
  tab: 'API',
  intro: 'REST API keys let your software call the messaging platform. Only administrators of verified accounts can create and manage them. How to use a key is described in the',
  portal: 'Developer Portal',
  schemes: {
    basic: { title: 'Basic Authentication', short: 'Basic', detail: 'Each request carries the key and its secret. The simplest to use.' },
    hmac: { title: 'HMAC Authentication', short: 'HMAC', detail: 'Each request is signed. The secret itself is never sent.' },
  } satisfies Record<Scheme, { title: string; short: string; detail: string }>,

  create: 'Create new key',
  // What is seen comes first: it is what people say to a computer that listens.
  createIn: (section: string) => `Create new key, ${section}`,
  revokeIn: (section: string) => `Revoke, ${section}`,
  revoke: 'Revoke',
  revokeNothing: 'Select the keys to revoke first.',
  rename: 'Rename',
  open: 'Open',
  refresh: 'Refresh',
  actionsFor: (name: string) => `Actions for ${name}`,

  column: {
    name: 'Name',
    id: 'Key id',
    createdBy: 'Created by',
    created: 'Created',
    lastUsed: 'Last used',
    status: 'Status',
    actions: 'Actions',
  },
  status: { active: 'Active', disabled: 'Suspended', revoked: 'Revoked' },
  copyId: (name: string) => `Copy key id of ${name}`,

  find: (scheme: string) => `Find ${scheme} keys by name or id`,
  findPlaceholder: 'Find by name or id',
  clearFind: 'Clear',
  showRevoked: 'Show revoked keys',
  loading: 'Loading keys',
  searching: 'Searching',
  empty: { title: 'No keys yet', detail: 'Create a key, and it is listed here.' },
  emptyActive: { title: 'No active keys', detail: 'Revoked keys are hidden. Create a key, and it is listed here.' },
  noMatch: { title: 'No matches', detail: (q: string) => `No key has “${q}” in its name or id.` },
  notAllowed: 'You cannot see the keys of this account',
  failed: 'The keys could not be loaded',
  loaded: (n: number, scheme: string) => (n === 0 ? `No ${scheme} keys found` : `${count(n)} shown`),
  selected: (n: number, of: number) => `(${n} of ${of} selected)`,

  paging: {
    label: (scheme: string) => `Pages of ${scheme} keys`,
    next: 'Next page',
    previous: 'Previous page',
    page: (n: number) => `Page ${n}`,
  },
  preferences: {
    title: 'Preferences',
    confirm: 'Confirm',
    cancel: 'Cancel',
    pageSize: 'Keys on a page',
    size: (n: number) => `${n} keys`,
    columns: 'Columns',
  },
  select: {
    group: (scheme: string) => `Select ${scheme} keys`,
    all: 'Select all keys on this page',
    one: (name: string) => `Select ${name}`,
  },
  sort: {
    by: (column: string, sorted: boolean, descending: boolean) =>
      sorted ? `${column}, sorted ${descending ? 'descending' : 'ascending'}` : `${column}, not sorted`,
  },

  edit: {
    name: 'Name',
    activate: (name: string) => `Rename ${name}`,
    save: 'Save name',
    cancel: 'Cancel renaming',
    saving: 'Saving the name',
    saved: 'Renamed',
    revoked: 'A revoked key keeps its name.',
    title: 'Rename key',
    submit: 'Rename',
    stop: 'Cancel',
    done: (name: string) => `The key is now called “${name}”`,
  },

  name: {
    label: 'Name',
    constraint: (left: number) =>
      left < 0 ? `${-left} too many of 64 characters.` : `1 to 64 characters, ${left === 64 ? 'any script' : `${left} left`}.`,
    empty: 'Give the key a name.',
    tooLong: (found: number) => `The name has ${found} characters. 64 are the most.`,
    forbidden: (at: number) => `The character at position ${at} is a control character or invisible. Remove it.`,
  },

  page: {
    details: 'Details',
    history: 'History',
    scheme: 'Authentication',
    version: 'Version',
    algorithms: 'Allowed algorithms',
    dialects: 'Allowed ways to sign',
    replay: 'Replay protection',
    suspended: 'Suspended',
    suspendedWhy: 'The account was suspended. Its keys are being enabled again: if this one stays suspended, write to support.',
    revoked: 'Revoked',
    revokedBy: 'Revoked by',
    reason: 'Reason',
    noReason: 'None given',
    notFound: 'There is no such key',
    notFoundDetail: 'No key of this account has this id. It may belong to another account, or the address may be misspelt.',
    back: 'To all keys',
    alreadyRevoked: 'This key is revoked.',
    loading: 'Loading the key',
    request: 'Request',
    copyRequest: 'Copy request id',
    event: {
      created: (name?: string) => (name ? `Created as “${name}”` : 'Created'),
      renamed: (name?: string) => (name ? `Renamed to “${name}”` : 'Renamed'),
      resealed: () => 'Secret moved to a newer root key',
      disabled: () => 'Suspended together with the account',
      enabled: () => 'Enabled again: the account was reinstated',
      revoked: () => 'Revoked',
    } as Record<string, (name?: string) => string>,
    by: (user: string) => `by ${user}`,
    eventReason: (reason: string) => `Reason: ${reason}`,
  },

  algorithm: {
    'hmac-sha1': 'HMAC-SHA-1',
    'hmac-sha256': 'HMAC-SHA-256',
    'hmac-sha384': 'HMAC-SHA-384',
    'hmac-sha512': 'HMAC-SHA-512',
  },
  dialect: {
    'hub-hmac': 'Hub HMAC',
    rfc9421: 'HTTP Message Signatures (RFC 9421)',
    'cavage-12': 'HTTP Signatures (draft-cavage-12)',
  },
  replay: {
    nonce: 'Requests with a nonce',
    off: 'Off',
    'unsafe-methods': 'Requests that change something',
    all: 'All requests',
  },
};
