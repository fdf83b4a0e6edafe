// Networks that lose answers, are slow, fail, or are not there.
import { use } from './client';
import { expect, test } from './test';

test('a create whose answer is lost is tried again without a second key, and the lost secret replaced', async ({ hub, page, api, stack, watch }) => {
  watch.allow(/ERR_CONNECTION_RESET|ERR_FAILED/);
  await hub.signIn();
  await hub.openCreate('hmac');
  await hub.nameField.fill('Answer lost');
  // The server has made the key; its answer never arrives.
  await page.route('**/v1/keys', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await hub.createKey.click();
  await expect(hub.dialog.getByRole('alert').first()).toContainText('No answer came');
  await expect(hub.nameField).toHaveValue('Answer lost');
  const [lost] = await api.keys();
  expect(lost).toMatchObject({ name: 'Answer lost', status: 'active' });

  await page.unroute('**/v1/keys');
  await hub.createKey.click();
  await expect(hub.dialog.getByText('The key exists, but its secret is lost').first()).toBeVisible();
  const ids = watch.sent('POST', /^\/v1\/keys$/).map((request) => request.headers()['idempotency-key']);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toMatch(/^[!-~]{16,255}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(await api.keys()).toHaveLength(1);

  await hub.dialog.getByRole('button', { name: 'Revoke it and create a new one' }).click();
  await expect(hub.nameField).toHaveValue('Answer lost');
  await hub.createKey.click();
  const { key, secret } = await hub.shown();
  await hub.confirm();
  expect(key).not.toBe(lost!.id);
  expect(await use(stack, 'hmac', { key, secret })).toMatchObject({ outcome: 'valid' });
  expect(await api.keys('&status=active')).toMatchObject([{ id: key, name: 'Answer lost' }]);
  expect(await api.key(lost!.id)).toMatchObject({ status: 'revoked' });
});

test('each new create has its own idempotency key', async ({ hub, watch }) => {
  await hub.signIn();
  for (const name of ['One', 'Two']) {
    await hub.create('basic', name);
    await hub.confirm();
  }
  const ids = watch.sent('POST', /^\/v1\/keys$/).map((request) => request.headers()['idempotency-key']);
  expect(new Set(ids).size).toBe(2);
});

test('while a create is slow the page says so, and nothing sends it twice', async ({ hub, page, api, watch }) => {
  await hub.signIn();
  const { release, held } = await hold(page, '**/v1/keys', 'POST');
  await hub.openCreate('basic');
  await hub.nameField.fill('Slowly');
  await hub.createKey.dblclick();
  await held;
  await expect(hub.createKey).toBeDisabled();
  await hub.nameField.press('Enter').catch(() => undefined);
  await hub.createKey.click({ force: true });
  await page.keyboard.press('Escape');
  await expect(hub.dialog).toBeVisible();
  release();
  await hub.shown();
  expect(watch.sent('POST', /^\/v1\/keys$/)).toHaveLength(1);
  expect(await api.keys()).toHaveLength(1);
  await hub.confirm();
});

test('while a revocation is slow it is shown, and nothing sends it twice', async ({ hub, page, api, watch }) => {
  const key = await api.create('Slowly');
  await hub.signIn();
  const { release, held } = await hold(page, '**/v1/keys/**', 'POST');
  await hub.act('Slowly', 'Revoke');
  const submit = hub.dialog.getByRole('button', { name: 'Revoke', exact: true });
  await submit.dblclick();
  await held;
  await expect(submit).toBeDisabled();
  await submit.click({ force: true });
  release();
  await expect(hub.dialog).toHaveCount(0);
  expect(watch.sent('POST', /revoke/)).toHaveLength(1);
  expect(await api.key(key.id)).toMatchObject({ status: 'revoked' });
});

test('while the list is slow the page says so', async ({ hub, page }) => {
  const { release, held } = await hold(page, '**/v1/keys?*', 'GET');
  await hub.signIn();
  await held;
  await expect(hub.section('basic').getByText('Loading keys')).toBeVisible();
  release();
  await expect(hub.section('basic').getByText('No active keys').first()).toBeVisible();
});

test('without a connection the page says so, keeps what was typed and goes on by itself', async ({ hub, page, context, watch, api }) => {
  watch.allow(/ERR_INTERNET_DISCONNECTED/);
  await hub.signIn();
  await hub.openCreate('basic');
  await hub.nameField.fill('Typed before');
  await context.setOffline(true);
  await expect(page.getByText('There is no connection').first()).toBeVisible();
  await hub.createKey.click();
  await expect(hub.dialog.getByRole('alert').first()).toContainText('No answer came');
  await expect(hub.nameField).toHaveValue('Typed before');
  expect(await api.keys()).toEqual([]);

  await context.setOffline(false);
  await expect(page.getByText('There is no connection')).toHaveCount(0);
  await hub.createKey.click();
  await hub.shown();
  await hub.confirm();
  await expect(hub.row('Typed before')).toBeVisible();
});

test('a list that can’t be loaded says why in the API’s words with the request id, and can be asked for again', async ({ hub, page, watch, api }) => {
  watch.allow(/status of 503/);
  await api.create('There after all');
  await page.route('**/v1/keys?*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      json: {
        type: 'urn:problem-type:hubkeys:unavailable',
        title: 'Not available now',
        status: 503,
        detail: 'the store can’t be reached: try again',
        request_id: '01a208b2-2efe-76c1-a1c3-214469ecfe29',
      },
    }),
  );
  await hub.signIn();
  const alert = hub.page.getByRole('alert').filter({ hasText: 'Not available now' }).first();
  await expect(alert).toContainText('The store can’t be reached: try again.');
  await expect(alert).toContainText('01a208b2-2efe-76c1-a1c3-214469ecfe29');
  await page.unroute('**/v1/keys?*');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(hub.row('There after all')).toBeVisible();
});

test('what the API refuses is shown in the dialog in its own words with the request id, and nothing typed is lost', async ({ hub, page, watch, api }) => {
  watch.allow(/status of 409/);
  // As if the account had 100 live keys: making them takes longer than the rest of the test.
  const detail = 'the account has 100 live keys, which is the most: revoke one first';
  await hub.signIn();
  await page.route('**/v1/keys', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          json: { type: 'urn:problem-type:hubkeys:key-limit-reached', title: 'No more keys', status: 409, detail, request_id: 'r-1' },
        })
      : route.fallback(),
  );
  await hub.openCreate('basic');
  await hub.nameField.fill('One too many');
  await hub.createKey.click();
  await expect(hub.dialog.getByRole('alert').first()).toContainText(`${detail[0]?.toUpperCase()}${detail.slice(1)}.`);
  await expect(hub.dialog.getByRole('alert').first()).toContainText('r-1');
  await expect(hub.nameField).toHaveValue('One too many');
  await page.unroute('**/v1/keys');
  await hub.createKey.click();
  await hub.shown();
  expect(await api.keys()).toHaveLength(1);
  await hub.confirm();
});

/** Keeps requests of this method from their answers until they are released. */
async function hold(page: import('@playwright/test').Page, pattern: string, method: string) {
  let release = () => {};
  const released = new Promise<void>((done) => (release = done));
  let arrived = () => {};
  const held = new Promise<void>((done) => (arrived = done));
  await page.route(pattern, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    arrived();
    await released;
    await route.continue();
  });
  return { release, held };
}
