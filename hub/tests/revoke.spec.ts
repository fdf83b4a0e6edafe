import { use } from './client';
import { expect, test } from './test';

test('a key that nobody used is revoked with a reason, and refused from then on', async ({ hub, api, stack }) => {
  const key = await api.create('Never used');
  await hub.signIn();
  await hub.act('Never used', 'Revoke');
  await expect(hub.dialog.getByText(/refused from the moment this succeeds/)).toBeVisible();
  await expect(hub.dialog.getByText(/used in the last 7 days/)).toHaveCount(0);
  await hub.dialog.getByRole('textbox', { name: /Reason/ }).fill('left in a repository');
  await hub.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(hub.dialog).toHaveCount(0);
  await expect(hub.row('Never used')).toHaveCount(0);
  expect(await use(stack, 'basic', { key: key.id, secret: key.secret })).toMatchObject({ outcome: 'revoked' });
  expect((await api.history(key.id)).events.at(-1)).toMatchObject({ type: 'revoked', reason: 'left in a repository' });

  await hub.showRevoked('basic').check();
  await expect(hub.row('Never used')).toContainText('Revoked');
});

test('a key that was used in the last 7 days is revoked only once its name is typed', async ({ hub, api, stack, watch }) => {
  const key = await api.create('In use');
  const credentials = { key: key.id, secret: key.secret };
  expect(await use(stack, 'basic', credentials)).toMatchObject({ outcome: 'valid' });
  await expect.poll(async () => (await api.key(key.id)).last_used_at).not.toBeNull();

  await hub.signIn();
  await hub.act('In use', 'Revoke');
  await expect(hub.dialog.getByText('This key was used in the last 7 days')).toBeVisible();
  const submit = hub.dialog.getByRole('button', { name: 'Revoke', exact: true });
  const confirm = hub.dialog.getByRole('textbox', { name: /Type the name/ });
  await expect(submit).toBeDisabled();
  await confirm.fill('in use');
  await expect(submit).toBeDisabled();
  await confirm.press('Enter');
  expect(watch.sent('POST', /revoke/)).toEqual([]);
  expect(await use(stack, 'basic', credentials)).toMatchObject({ outcome: 'valid' });
  await confirm.fill('In use');
  await submit.click();
  await expect(hub.dialog).toHaveCount(0);
  expect(await use(stack, 'basic', credentials)).toMatchObject({ outcome: 'revoked' });
});

test('cancelling revokes nothing', async ({ hub, page, api, watch }) => {
  const key = await api.create('Stays');
  await hub.signIn();
  await hub.act('Stays', 'Revoke');
  await hub.dialog.getByRole('button', { name: 'Cancel' }).click();
  await hub.act('Stays', 'Revoke');
  await page.keyboard.press('Escape');
  await expect(hub.dialog).toHaveCount(0);
  expect(watch.sent('POST', /revoke/)).toEqual([]);
  expect(await api.key(key.id)).toMatchObject({ status: 'active' });
});

test('several keys are revoked at once, each with its own result, and what failed can be tried again', async ({ hub, page, api, watch }) => {
  watch.allow(/status of 503/);
  const keys = [];
  for (const name of ['One', 'Two', 'Three', 'Four']) keys.push(await api.create(name));
  const two = keys[1]!;
  await hub.signIn();
  for (const name of ['One', 'Two', 'Three']) await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();

  // The store can't be reached while the second is revoked: of it, the answer is a 503.
  await page.route('**/v1/keys/revoke', async (route) => {
    const { ids, ...rest } = route.request().postDataJSON() as { ids: string[] };
    const answer = await route.fetch({ postData: { ...rest, ids: ids.filter((id) => id !== two.id) } });
    const { results } = (await answer.json()) as { results: unknown[] };
    const problem = { type: 'urn:problem-type:hubkeys:unavailable', title: 'Not available', detail: 'the store can’t be reached: try again' };
    results.splice(ids.indexOf(two.id), 0, { id: two.id, status: 503, problem });
    await route.fulfill({ json: { results } });
  });
  await hub.revokeButton('basic').click();
  for (const name of ['One', 'Two', 'Three']) await expect(hub.dialog.getByText(name, { exact: true }).first()).toBeVisible();
  await expect(hub.dialog.getByText('Four', { exact: true })).toHaveCount(0);
  await hub.dialog.getByRole('textbox', { name: /Reason/ }).fill('offboarding');
  await hub.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();

  await expect(hub.dialog.getByText('2 of 3 keys are revoked')).toBeVisible();
  await expect(hub.dialog.getByText('the store can’t be reached: try again')).toBeVisible();
  await expect(hub.dialog.getByText('Revoked', { exact: true })).toHaveCount(2);
  expect(await api.key(two.id)).toMatchObject({ status: 'active' });

  await page.unroute('**/v1/keys/revoke');
  await hub.dialog.getByRole('button', { name: 'Try 1 key again' }).click();
  await expect(hub.dialog.getByText('3 keys are revoked')).toBeVisible();
  await expect(hub.dialog.getByText('Revoked', { exact: true })).toHaveCount(3);
  await hub.closeResults();
  await expect(hub.rows('basic')).toHaveCount(1);
  expect((await api.keys('&status=active')).map(({ name }) => name)).toEqual(['Four']);
  for (const { id } of keys.slice(0, 3)) {
    const events = (await api.history(id)).events.filter(({ type }) => type === 'revoked');
    expect(events).toMatchObject([{ reason: 'offboarding' }]);
  }
});

test('of several keys that are in use, the number is to be typed', async ({ hub, api, stack }) => {
  for (const name of ['One', 'Two']) {
    const { id, secret } = await api.create(name, 'hmac');
    expect(await use(stack, 'hmac', { key: id, secret })).toMatchObject({ outcome: 'valid' });
  }
  await hub.signIn();
  await hub.section('hmac').getByRole('checkbox', { name: 'Select all keys on this page' }).check();
  await hub.revokeButton('hmac').click();
  await expect(hub.dialog.getByText('2 of these were used in the last 7 days')).toBeVisible();
  const submit = hub.dialog.getByRole('button', { name: 'Revoke', exact: true });
  await expect(submit).toBeDisabled();
  await hub.dialog.getByRole('textbox', { name: /Type the number/ }).fill('2');
  await submit.click();
  await expect(hub.dialog.getByText('2 keys are revoked')).toBeVisible();
  await hub.closeResults();
  expect((await api.keys()).map(({ status }) => status)).toEqual(['revoked', 'revoked']);
});

test('a key’s own page tells its whole history, with who, what and the exact instant', async ({ hub, page, api, stack }) => {
  const key = await api.create('Told', 'hmac');
  await use(stack, 'hmac', { key: key.id, secret: key.secret });
  await api.send('PATCH', `/v1/keys/${key.id}`, { name: 'Told again' });
  await hub.signIn('admin@acme', `/settings/api-settings/keys/${key.id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Told again' })).toBeVisible();
  const history = page.getByRole('main');
  await expect(history.getByText('Created as “Told”')).toBeVisible();
  await expect(history.getByText('Renamed to “Told again”')).toBeVisible();
  await expect(history.getByText('admin@acme').first()).toBeVisible();
  const times = history.getByRole('time');
  for (const time of await times.all()) await expect(time).toHaveAttribute('title', /2\d{3}.*\d\d?:\d\d:\d\d/);
  expect(await times.count()).toBeGreaterThanOrEqual(3);

  await page.getByRole('main').getByRole('button', { name: 'Revoke', exact: true }).click();
  await hub.dialog.getByRole('textbox', { name: /Type the name/ }).fill('Told again');
  await hub.dialog.getByRole('textbox', { name: /Reason/ }).fill('left in a repository');
  await hub.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(hub.dialog).toHaveCount(0);
  await expect(history.getByText('left in a repository').first()).toBeVisible();
  expect(await api.key(key.id)).toMatchObject({ status: 'revoked' });
});
