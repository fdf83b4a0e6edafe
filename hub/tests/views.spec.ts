// Every view of the Hub, on a desk and on a phone, light and dark.
import { Api } from './api';
import { use } from './client';
import { SCHEMES } from './hub';
import { look } from './look';
import { expect, test } from './test';

test.describe.configure({ timeout: 120_000 });

/** An account as one finds it after a year. */
async function furnish(api: Api) {
  const stack = api.stack;
  for (const [name, scheme] of [
    ['Nightly export to the data warehouse', 'basic'],
    ['Zapier', 'basic'],
    ['A name of sixty-four characters, which is the most it may have!', 'basic'],
    ['Überweisungen, täglich', 'basic'],
    ['Production gateway', 'hmac'],
    ['Staging', 'hmac'],
  ] as const) {
    const { id, secret } = await api.create(name, scheme);
    if (name !== 'Zapier' && name !== 'Staging') await use(stack, scheme, { key: id, secret });
  }
  const old = await api.create('Contractor, spring');
  await api.send('POST', `/v1/keys/${old.id}/revoke`, { reason: 'the contract has ended' });
  return api.keys();
}

test('signing in', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await look(page, 'sign-in');
});

test('the list of keys', async ({ hub, page, api }) => {
  await furnish(api);
  await hub.signIn();
  await expect(hub.row('Zapier')).toBeVisible();
  await look(page, 'keys');
  await hub.showRevoked('basic').check();
  await expect(hub.row('Contractor, spring')).toBeVisible();
  await look(page, 'keys with revoked');
  for (const scheme of SCHEMES) await hub.filter(scheme).fill('nothing like it');
  await expect(page.getByText('No matches')).toHaveCount(2);
  await look(page, 'keys no match');
});

test('an account without keys', async ({ hub, page }) => {
  await hub.signIn();
  await expect(page.getByText('No active keys')).toHaveCount(2);
  await look(page, 'keys empty');
});

test('renaming', async ({ hub, page, api }) => {
  await furnish(api);
  await hub.signIn();
  await page.getByRole('button', { name: 'Rename Zapier' }).click();
  await look(page, 'rename in place');
  await page.keyboard.press('Escape');
  await hub.act('Zapier', 'Rename');
  await hub.nameField.fill('');
  await look(page, 'rename dialog', { fullPage: false });
});

test('creating a Basic key', async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('tab', { name: 'Account' }).click();
  await page.getByRole('tab', { name: 'API', exact: true }).click();
  await hub.openCreate('basic');
  await look(page, 'create basic', { fullPage: false });
  await hub.nameField.fill('x'.repeat(70));
  await look(page, 'create basic name too long', { fullPage: false });
  await page.keyboard.press('Escape');
  await expect(page.getByText('Discard what you typed?')).toBeVisible();
  await look(page, 'create discard', { fullPage: false });
  await page.getByRole('button', { name: 'Keep editing' }).click();
  await hub.nameField.fill('Nightly export to the data warehouse');
  await hub.createKey.click();
  await hub.shown();
  await look(page, 'created basic', { fullPage: false });
  await page.evaluate(() => history.back());
  await expect(page.getByText('Leave without saving the secret?')).toBeVisible();
  await look(page, 'created leave', { fullPage: false });
  await page.getByRole('button', { name: 'Stay' }).click();
  await hub.confirm();
  await look(page, 'after ok');
});

test('creating an HMAC key', async ({ hub, page, watch }) => {
  watch.allow(/ERR_/);
  await hub.signIn();
  await hub.openCreate('hmac');
  await look(page, 'create hmac', { fullPage: false });
  await hub.nameField.fill('Production gateway');
  await hub.dialog.getByRole('button', { name: 'Advanced' }).click();
  await look(page, 'create hmac advanced', { fullPage: false });
  await page.route('**/v1/keys', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await hub.createKey.click();
  await expect(hub.dialog.getByRole('alert').first()).toBeVisible();
  await look(page, 'create answer lost', { fullPage: false });
  await page.unroute('**/v1/keys');
  await hub.createKey.click();
  await expect(hub.dialog.getByText('The key exists, but its secret is lost').first()).toBeVisible();
  await look(page, 'create secret lost', { fullPage: false });
  await hub.dialog.getByRole('button', { name: 'Revoke it and create a new one' }).click();
  await hub.nameField.fill('Production gateway');
  await hub.createKey.click();
  await hub.shown();
  await look(page, 'created hmac', { fullPage: false });
  await hub.dialog.getByRole('button', { name: 'How to use it' }).click();
  await expect(hub.dialog.getByRole('button', { name: 'Copy example' })).toBeVisible();
  await look(page, 'created hmac example', { fullPage: false });
  await hub.confirm();
});

test('revoking', async ({ hub, page, api }) => {
  const keys = await furnish(api);
  await hub.signIn();
  await hub.act('Zapier', 'Revoke');
  await expect(hub.dialog).toBeVisible();
  await look(page, 'revoke unused', { fullPage: false });
  await page.keyboard.press('Escape');
  await hub.act('Production gateway', 'Revoke');
  await look(page, 'revoke in use', { fullPage: false });
  await page.keyboard.press('Escape');
  await hub.section('basic').getByRole('checkbox', { name: 'Select all keys on this page' }).check();
  await look(page, 'keys selected');
  await hub.revokeButton('basic').click();
  await look(page, 'revoke many', { fullPage: false });
  const gone = keys.find(({ name }) => name === 'Zapier')!.id;
  await page.route('**/v1/keys/revoke', async (route) => {
    const { ids } = route.request().postDataJSON() as { ids: string[] };
    const answer = await route.fetch({ postData: { ids: ids.filter((id) => id !== gone) } });
    const { results } = (await answer.json()) as { results: unknown[] };
    const problem = { type: 'urn:problem-type:hubkeys:unavailable', title: 'Not available', detail: 'the store can’t be reached: try again' };
    await route.fulfill({ json: { results: [...results, { id: gone, status: 503, problem }] } });
  });
  const confirmation = hub.dialog.getByRole('textbox', { name: /Type the number/ });
  await confirmation.fill(String(keys.filter(({ scheme, status }) => scheme === 'basic' && status === 'active').length));
  await hub.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(hub.dialog.getByText('the store can’t be reached: try again')).toBeVisible();
  await look(page, 'revoke results', { fullPage: false });
});

test('a key’s own page', async ({ hub, page, api }) => {
  const keys = await furnish(api);
  const live = keys.find(({ name }) => name === 'Production gateway')!;
  await api.send('PATCH', `/v1/keys/${live.id}`, { name: 'Production gateway, Frankfurt' });
  const revoked = keys.find(({ status }) => status === 'revoked')!;
  await hub.signIn('admin@acme', `/settings/api-settings/keys/${live.id}`);
  await expect(page.getByText('Created as “Production gateway”')).toBeVisible();
  await look(page, 'key');
  await page.goto(`/settings/api-settings/keys/${revoked.id}`);
  await expect(page.getByText('the contract has ended').first()).toBeVisible();
  await look(page, 'key revoked');
});

test('what is not there', async ({ hub, page, watch }) => {
  watch.allow(/status of 404/);
  await hub.signIn('admin@acme', '/settings/api-settings/keys/hk_01jd3v9m2x8c5q7w4n6t0r1z2y');
  await expect(page.getByText('There is no such key').first()).toBeVisible();
  await look(page, 'key not found');
  await page.goto('/settings/nothing-here');
  await expect(page.getByText('There is no such page').first()).toBeVisible();
  await look(page, 'page not found');
});

test('the account', async ({ hub, page, api }) => {
  await furnish(api);
  await hub.signIn('admin@acme', '/settings/api-settings/account');
  await expect(page.getByText('6 of 100')).toBeVisible();
  await look(page, 'account');
});

test('an account that is not verified', async ({ hub, page }) => {
  await hub.signIn('admin@globex');
  const request = page.getByRole('main').getByRole('button', { name: 'Request verification' });
  await expect(request).toBeVisible();
  await look(page, 'unverified');
  await page.getByRole('tab', { name: 'Account' }).click();
  await look(page, 'unverified account');
  await page.getByRole('tab', { name: 'API', exact: true }).click();
  await request.click();
  await expect(page.getByText('Verification requested').first()).toBeVisible();
  await look(page, 'verification requested');
});

test('a user who is no administrator', async ({ hub, page }) => {
  await hub.signIn('basic@acme');
  await expect(page.getByText(/only an Administrator/i).first()).toBeVisible();
  await hub.createButton('basic').focus();
  await look(page, 'not an administrator');
});

test('no connection, a failed list, a session that has ended', async ({ hub, page, context, watch }) => {
  watch.allow(/ERR_|status of [45]/);
  await page.route('**/v1/keys?*scheme=hmac*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      json: {
        type: 'urn:problem-type:hubkeys:unavailable',
        title: 'The service is not available',
        status: 503,
        detail: 'the store can’t be reached: try again in a moment',
        request_id: '01a208b2-2efe-76c1-a1c3-214469ecfe29',
      },
    }),
  );
  await hub.signIn();
  await expect(page.getByText('the store can’t be reached').first()).toBeVisible();
  await look(page, 'keys failed');
  await context.setOffline(true);
  await expect(page.getByText('There is no connection').first()).toBeVisible();
  await look(page, 'offline');
  await context.setOffline(false);
  await hub.openCreate('basic');
  await hub.nameField.fill('Typed before');
  await page.context().request.get('/logout');
  await page.clock.setSystemTime(Date.now() + 3_700_000);
  await hub.createKey.click();
  await expect(page.getByText('Your session has ended').first()).toBeVisible();
  await look(page, 'session ended', { fullPage: false });
});

test('signed out', async ({ hub, page }) => {
  await hub.signIn();
  await hub.signOut();
  await look(page, 'signed out');
});

test('a sign-in that was cancelled', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('You could not be signed in').first()).toBeVisible();
  await look(page, 'sign-in cancelled');
});
