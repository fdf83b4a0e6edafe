// Every text that the page shows, in one place. Another language is another object of this shape, chosen here.
import { account } from './account';
import { create } from './create';
import { keys } from './keys';
import { revoke } from './revoke';
import { shell } from './shell';

export const words = { account, create, keys, revoke, ...shell };

/** The language of `words`, for dates and numbers. */
export const LANGUAGE = 'en';
