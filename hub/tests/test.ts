import { test as base, expect } from '@playwright/test';
import { Api } from './api';
import { Hub } from './hub';
import { Stack } from './stack';
import { Watch } from './watch';

export { expect } from '@playwright/test';

interface Fixtures {
  /** A stack that nobody else uses. */
  stack: Stack;
  watch: Watch;
  hub: Hub;
  /** The API, as an administrator of the verified account `acme`. */
  api: Api;
}

export const test = base.extend<Fixtures>({
  stack: async ({}, use) => {
    const stack = await Stack.start();
    await use(stack);
    await stack.stop();
  },

  baseURL: async ({ stack }, use) => use(stack.url),

  watch: [
    async ({ context, stack }, use) => {
      // Chromium says so on the console too, but not of a policy that is only reported.
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
          console.error(`content security policy: ${violatedDirective} ${blockedURI}`),
        );
      });
      const watch = new Watch(context, stack.url);
      await use(watch);
      expect(watch.faults, 'errors on the console, exceptions, requests to other origins').toEqual([]);
    },
    { auto: true },
  ],

  hub: async ({ page, watch }, use) => use(new Hub(page, watch)),

  api: async ({ stack }, use) => use(await Api.as(stack, 'admin@acme')),
});
