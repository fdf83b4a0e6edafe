import { expect, test } from './test';

test('a key is renamed in its row', async ({ hub, page, api }) => {
  const key = await api.create('Old name');
  await hub.signIn();
  await page.getByRole('button', { name: 'Rename Old name' }).click();
  const field = hub.table('basic').getByRole('textbox', { name: 'Name' });
  await expect(field).toBeFocused();
  await field.fill('New name');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(hub.row('New name')).toContainText(key.id);
  await expect(hub.row('Old name')).toHaveCount(0);
  expect(await api.key(key.id)).toMatchObject({ name: 'New name' });
  // Whoever renamed goes on from where they were.
  await expect(page.getByRole('button', { name: 'Rename New name' })).toBeFocused();
});

test('renaming is cancelled with Escape, and nothing is sent', async ({ hub, page, api, watch }) => {
  await api.create('Stays');
  await hub.signIn();
  await page.getByRole('button', { name: 'Rename Stays' }).click();
  await page.keyboard.type('Something else');
  await page.keyboard.press('Escape');
  await expect(hub.row('Stays')).toBeVisible();
  expect(watch.sent('PATCH', /./)).toEqual([]);
});

for (const { what, name, fault } of [
  { what: 'an empty name', name: '   ', fault: /Give the key a name/ },
  { what: 'a name of 65 characters', name: 'x'.repeat(65), fault: /65 characters/ },
  { what: 'an invisible character', name: 'a\u200bb', fault: /position 2/ },
]) {
  test(`${what} is refused as it is typed, here and in the dialog, and nothing is sent`, async ({ hub, page, api, watch }) => {
    await api.create('Stays');
    await hub.signIn();
    await page.getByRole('button', { name: 'Rename Stays' }).click();
    await hub.table('basic').getByRole('textbox', { name: 'Name' }).fill(name);
    await expect(hub.table('basic').getByText(fault)).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(hub.table('basic').getByText(fault)).toBeVisible();
    await page.keyboard.press('Escape');

    await hub.act('Stays', 'Rename');
    await expect(hub.nameField).toBeFocused();
    await hub.nameField.fill(name);
    await expect(hub.dialog.getByText(fault)).toBeVisible();
    await expect(hub.nameField).toHaveAttribute('aria-invalid', 'true');
    await hub.nameField.press('Enter');
    await expect(hub.dialog).toBeVisible();
    expect(watch.sent('PATCH', /./)).toEqual([]);
  });
}

test('a key that was revoked meanwhile can’t be renamed, and the page says so in the API’s words with the request id', async ({
  hub,
  page,
  api,
  watch,
}) => {
  watch.allow(/status of 409/);
  const key = await api.create('About to go');
  await hub.signIn();
  await expect(hub.row('About to go')).toBeVisible();
  await hub.act('About to go', 'Rename');
  await hub.nameField.fill('Too late');
  await api.revoke(key.id);
  await hub.nameField.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: /revoked/i }).first()).toBeVisible();
  const refusal = (await watch.exchanges()).find(({ status }) => status === 409);
  const { detail, request_id } = JSON.parse(refusal?.responseBody ?? '{}') as { detail: string; request_id: string };
  await expect(page.getByText(detail).first()).toBeVisible();
  await expect(page.getByText(request_id).first()).toBeVisible();
  expect(await api.key(key.id)).toMatchObject({ name: 'About to go' });
});
