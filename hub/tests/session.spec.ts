// Sessions that end, in one tab or in several.
import type { Page } from '@playwright/test';
import { Hub, pick } from './hub';
import { expect, test } from './test';

/** The token gets old by the page's clock, and the issuer, where somebody has signed out, gives no other. */
async function expire(page: Page) {
  await page.context().request.get('/logout');
  await page.clock.setSystemTime(Date.now() + 3_700_000);
}

test('a session that ends while a name is typed costs nothing: after signing in beside, the create goes on by itself', async ({ hub, page, api, watch }) => {
  watch.allow(/status of 40[01]/);
  await hub.signIn();
  await hub.openCreate('hmac');
  await hub.nameField.fill('Typed in the old session');
  await expire(page);
  await hub.createKey.click();
  await expect(page.getByText('Your session has ended').first()).toBeVisible();
  expect(await api.keys()).toEqual([]);

  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Sign in again' }).click();
  const beside = await opened;
  await pick(beside, 'admin@acme');
  await hub.shown();
  await expect(page.getByText('Your session has ended')).toHaveCount(0);
  await expect(hub.dialog.getByText('Typed in the old session').first()).toBeVisible();
  await expect.poll(() => beside.isClosed()).toBe(true);
  await hub.confirm();
  expect(await api.keys()).toMatchObject([{ name: 'Typed in the old session' }]);
  expect(watch.sent('POST', /^\/v1\/keys$/).length).toBeLessThanOrEqual(2);
});

test('a token that has expired is renewed without anybody noticing', async ({ hub, page, api }) => {
  await hub.signIn();
  await hub.openCreate('basic');
  await hub.nameField.fill('Renewed');
  await page.clock.setSystemTime(Date.now() + 3_700_000);
  await hub.createKey.click();
  await hub.shown();
  await hub.confirm();
  expect(await api.keys()).toMatchObject([{ name: 'Renewed' }]);
});

test('whoever signs in as somebody else in the window beside does not get the page of the first', async ({ hub, page, watch }) => {
  watch.allow(/status of 40[01]/);
  await hub.signIn();
  await hub.openCreate('basic');
  await hub.nameField.fill('Of the first');
  await expire(page);
  await hub.createKey.click();
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Sign in again' }).click();
  page.once('dialog', (dialog) => void dialog.accept());
  await pick(await opened, 'admin@initech');
  await expect(hub.dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: /admin@initech/ }).or(page.getByRole('link', { name: /admin@initech/ })).first()).toBeVisible();
  expect(watch.sent('POST', /^\/v1\/keys$/)).toEqual([]);
});

test('whoever stays to save a secret after signing out elsewhere keeps the page, and nobody else gets it', async ({ hub, page, context, watch }) => {
  watch.allow(/status of 40[01]/);
  await hub.signIn();
  await hub.create('basic', 'Of the first');
  await hub.shown();
  const other = new Hub(await context.newPage(), watch);
  await other.page.goto('/');
  await expect(other.createButton('basic')).toBeEnabled();
  const asked = page.waitForEvent('dialog');
  await other.signOut();
  await (await asked).dismiss();
  await expect(hub.dialog.getByText('Of the first').first()).toBeVisible();

  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.clock.setSystemTime(Date.now() + 60_000);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Sign in again' }).click();
  page.once('dialog', (dialog) => void dialog.dismiss());
  await pick(await opened, 'admin@initech');
  await expect(page.getByText('Your session has ended').first()).toBeVisible();
  await expect(page.getByText('admin@initech')).toHaveCount(0);
});

test('nothing but the state of a sign-in on its way is ever stored, and no token', async ({ hub, page }) => {
  await hub.signIn();
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href]));
  expect(stored).not.toMatch(/eyJ|token|code=|state=/);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
});

test('a reload signs in again silently and stays where it was', async ({ hub, page, api }) => {
  const key = await api.create('Here');
  await hub.signIn('admin@acme', `/settings/api-settings/keys/${key.id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Here' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Here' })).toBeVisible();
  await expect(page).toHaveURL(`/settings/api-settings/keys/${key.id}`);
});

test('signing out ends the session in every tab, and another user can sign in', async ({ hub, page, context, watch }) => {
  await hub.signIn();
  const other = new Hub(await context.newPage(), watch);
  await other.page.goto('/');
  await expect(other.createButton('basic')).toBeEnabled();
  await hub.signOut();
  await expect(other.page.getByText('You are signed out').first()).toBeVisible();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await pick(page, 'basic@acme');
  await expect(hub.createButton('basic')).toBeDisabled();
});

test('two tabs: what one does the other sees when it is looked at, and neither acts on what is gone', async ({ hub, page, context, api, watch }) => {
  watch.allow(/status of 409/);
  const key = await api.create('Shared');
  await hub.signIn();
  await expect(hub.row('Shared')).toBeVisible();
  const other = new Hub(await context.newPage(), watch);
  await other.page.goto('/');
  await expect(other.row('Shared')).toBeVisible();

  // Made in one, seen in the other as soon as that is looked at again.
  await hub.create('basic', 'Made in the first');
  await hub.confirm();
  await other.page.clock.setSystemTime(Date.now() + 10_000);
  await other.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(other.row('Made in the first')).toBeVisible();

  // Revoked in one while the other still shows it: revoking again succeeds and adds nothing.
  await other.act('Shared', 'Revoke');
  await api.revoke(key.id);
  await other.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(other.dialog).toHaveCount(0);
  await expect(other.row('Shared')).toHaveCount(0);
  expect((await api.history(key.id)).events.filter(({ type }) => type === 'revoked')).toHaveLength(1);

  // The first still shows it. Renaming it is refused, and its row goes.
  await hub.act('Shared', 'Rename');
  await hub.nameField.fill('Too late');
  await hub.nameField.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: /revoked/i }).first()).toBeVisible();
  expect(await api.key(key.id)).toMatchObject({ name: 'Shared' });
});

test('two tabs create at once: both keys exist, each with its own secret', async ({ hub, context, api, watch }) => {
  await hub.signIn();
  const other = new Hub(await context.newPage(), watch);
  await other.page.goto('/');
  await other.openCreate('basic');
  await hub.openCreate('basic');
  await hub.nameField.fill('First');
  await other.nameField.fill('Second');
  await Promise.all([hub.createKey.click(), other.createKey.click()]);
  const [first, second] = await Promise.all([hub.shown(), other.shown()]);
  expect(first.key).not.toBe(second.key);
  expect(first.secret).not.toBe(second.secret);
  expect((await api.keys()).map(({ id }) => id).sort()).toEqual([first.key, second.key].sort());
  await hub.confirm();
  await other.confirm();
});
