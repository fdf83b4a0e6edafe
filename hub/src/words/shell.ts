export const shell = {
  product: 'Hub',
  pageTitle: (page: string) => `${page} · Hub`,

  navigation: {
    label: 'Hub',
    open: 'Open navigation',
    close: 'Close navigation',
    settings: 'Settings',
    apiSettings: 'API Settings',
    portal: 'Developer Portal',
    breadcrumbs: 'Breadcrumbs',
    notifications: 'Notifications',
    more: 'More',
    skip: 'Skip to the content',
  },

  theme: {
    label: 'Theme',
    light: 'Light',
    dark: 'Dark',
    system: 'System',
  },

  user: {
    signOut: 'Sign out',
    account: (id: string) => `Account ${id}`,
    menu: (user: string) => `Signed in as ${user}`,
    role: { administrator: 'Administrator', advanced: 'Advanced user', basic: 'Basic user', operator: 'Operator' } as Record<string, string>,
  },

  signIn: {
    signingIn: 'Signing in…',
    failed: 'You could not be signed in',
    tryAgain: 'Try again',
    signedOut: 'You are signed out',
    signedOutDetail: 'Close this window if others use this computer.',
    signIn: 'Sign in',
    windowDone: 'You are signed in. You can close this window.',
    ended: 'Your session has ended',
    endedDetail: 'Sign in again to go on. What you typed stays as it is, and what you were doing continues by itself.',
    again: 'Sign in again',
    waiting: 'Waiting for the sign-in window…',
    here: 'Sign in on this page instead',
    hereDetail: 'That loads the page anew. What you typed is lost.',
    needed: 'Nothing can be read or changed here until somebody signs in.',
    blocked: 'Your browser did not open the sign-in window. Allow windows of this page, or sign in on this page instead.',
  },

  connection: {
    lost: 'There is no connection',
    detail: 'What you see may be old. Nothing you typed is lost. The page tries again by itself.',
    retry: 'Try now',
  },

  problem: {
    status: (status: number) => (status === 401 ? 'You are not signed in' : `The answer was an error (${status})`),
    noDetail: (status: number) => `The service gave no reason. The status was ${status}.`,
    unreachable: 'No answer came',
    unreachableDetail: 'The service could not be reached. Check your connection, then try again.',
    page: 'Something in this page failed',
    pageDetail: 'Load the page again. Your keys are not affected.',
    requestId: 'Request id',
    copyRequestId: 'Copy request id',
    retry: 'Try again',
    reload: 'Load the page again',
    dismiss: 'Dismiss',
  },

  copy: {
    copied: 'Copied',
    failed: 'Could not copy. Select the text and copy it by hand.',
  },

  time: {
    now: 'just now',
    never: 'Never, or not known yet',
  },

  notFound: {
    title: 'There is no such page',
    detail: 'The address may be misspelt, or the page may have moved.',
    back: 'To API Settings',
  },
};
