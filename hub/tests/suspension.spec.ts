// An account that the platform suspended, and what is left of it while its keys are enabled again.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Key } from './api';
import { Api } from './api';
import { SCHEMES } from './hub';
import { look } from './look';
import { BINARY, Stack } from './stack';
import { expect, test as base } from './test';

base.describe.configure({ timeout: 120_000 });

const run = promisify(execFile);

/** A stack on whose data an operator has suspended `acme`, which has two keys. */
const test = base.extend({
  stack: async ({}, use) => {
    const before = await Stack.start();
    const api = await Api.as(before, 'admin@acme');
    await api.create('Nightly export');
    await api.create('Production gateway', 'hmac');
    await before.end();
    await run(BINARY, ['admin', 'account', 'suspend', 'acme', '--by', 'staff-7', '--data', before.data]);
    const stack = await Stack.start(before.data);
    await before.stop();
    await use(stack);
    await stack.stop();
  },
});

test('an administrator of a suspended account is told so, and manages no key', async ({ hub, page, watch }) => {
  await hub.signIn();
  await expect(page.getByRole('main').getByText('none of its keys is accepted', { exact: false }).first()).toBeVisible();
  for (const scheme of SCHEMES) {
    await expect(hub.createButton(scheme)).toBeDisabled();
    await expect(hub.revokeButton(scheme)).toBeDisabled();
  }
  await expect(page.getByRole('main').getByRole('button', { name: 'Request verification' })).toHaveCount(0);
  // What would be refused is not even asked for.
  expect(watch.sent('GET', /^\/v1\/keys/)).toEqual([]);
  await look(page, 'account suspended');
  await page.getByRole('tab', { name: 'Account' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Account' }).getByText('Suspended', { exact: true })).toBeVisible();
});

base('a key that waits to be enabled again is listed as suspended, and can be renamed and revoked', async ({ hub, page, api }) => {
  const { id } = await api.create('Nightly export');
  await api.create('Production gateway', 'hmac');
  // As a reinstatement that ended half-way leaves it, which no command does on purpose.
  const disabled = {
    status: 'disabled',
    disabled: { at: new Date().toISOString(), by: { kind: 'operator', user: 'staff-7' }, because: 'account_suspended' },
  };
  const asIfDisabled = (key: Key) => (key.id === id ? { ...key, ...disabled } : key);
  await page.route(/\/v1\/keys\?/, async (route) => {
    // The Hub asks for all that is live, or this key would be missing.
    if (route.request().url().includes('scheme=basic')) expect(route.request().url()).toContain('status=live');
    const answer = await route.fetch();
    const list = (await answer.json()) as { keys: Key[] };
    await route.fulfill({ response: answer, json: { ...list, keys: list.keys.map(asIfDisabled) } });
  });
  await page.route(`**/v1/keys/${id}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: asIfDisabled((await answer.json()) as Key) });
  });
  await page.route(`**/v1/keys/${id}/history`, async (route) => {
    const answer = await route.fetch();
    const history = (await answer.json()) as { events: object[] };
    const { at, by, because } = disabled.disabled;
    const entries = [
      { version: 2, at, by, request_id: 'admin-1', type: 'disabled', because },
      { version: 3, at, by, request_id: 'admin-2', type: 'enabled' },
      { version: 4, at, by, request_id: 'admin-3', type: 'disabled', because },
    ];
    await route.fulfill({ response: answer, json: { ...history, events: [...history.events, ...entries] } });
  });
  await hub.signIn();
  await expect(hub.row('Nightly export')).toContainText('Suspended');
  await expect(hub.row('Production gateway')).toContainText('Active');
  await look(page, 'keys with suspended');
  await hub.act('Nightly export', 'Open');
  const main = page.getByRole('main');
  await expect(main.getByText('The account was suspended.', { exact: false })).toBeVisible();
  await expect(main.getByText('Suspended together with the account')).toHaveCount(2);
  await expect(main.getByText('Enabled again: the account was reinstated')).toBeVisible();
  await look(page, 'key suspended');
  await expect(main.getByRole('button', { name: 'Rename' })).toBeEnabled();
  // From here on it is as the API says.
  await page.unrouteAll({ behavior: 'wait' });
  await main.getByRole('button', { name: 'Revoke' }).click();
  await hub.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(hub.dialog).toHaveCount(0);
  expect(await api.key(id)).toMatchObject({ status: 'revoked' });
});
