// The article that this product is made after, step by step.
import { use } from './client';
import { API_SETTINGS, ONCE, SCHEMES, SECTION } from './hub';
import { expect, test } from './test';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

for (const scheme of SCHEMES) {
  test(`an administrator creates ${scheme} credentials as the article says, and a client uses them`, async ({ hub, page, stack, api }) => {
    await hub.signIn();

    await test.step('1. go to the menu and click on Settings and select API Settings', async () => {
      await page.goto(`${API_SETTINGS}/account`);
      const menu = page.getByRole('navigation', { name: 'Hub' });
      await expect(menu.getByText('Settings', { exact: true })).toBeVisible();
      await menu.getByRole('link', { name: 'API Settings' }).click();
      await expect(page).toHaveURL(API_SETTINGS);
      await expect(page.getByRole('heading', { level: 1, name: 'API Settings' })).toBeVisible();
    });

    await test.step(`2. select the API tab, then find where it says ${SECTION[scheme]} and click on Create new key`, async () => {
      await page.getByRole('tab', { name: 'API', exact: true }).click();
      await expect(hub.section(scheme).getByRole('heading', { level: 2, name: SECTION[scheme] })).toBeVisible();
      await hub.createButton(scheme).click();
    });

    await test.step('3. in the resulting modal, provide a descriptive name and click Create Key', async () => {
      await expect(hub.dialog.getByRole('heading', { name: `Create new ${SECTION[scheme]} key` })).toBeVisible();
      await hub.nameField.fill('Nightly export 夜 🌙');
      await hub.createKey.click();
    });

    const credentials = await test.step('4. the confirmation: copy the credentials to the clipboard then click Ok', async () => {
      const shown = await hub.shown();
      await expect(hub.dialog.getByText('Nightly export 夜 🌙').first()).toBeVisible();
      await expect(hub.dialog.getByText(ONCE).first()).toBeVisible();
      await hub.dialog.getByRole('button', { name: 'Copy API Key' }).click();
      const key = await hub.clipboard();
      await hub.dialog.getByRole('button', { name: 'Copy API Secret' }).click();
      const secret = await hub.clipboard();
      expect({ key, secret }).toEqual(shown);
      await hub.confirm();
      return { key, secret };
    });

    await test.step('the key is listed, without its secret', async () => {
      const row = hub.row('Nightly export 夜 🌙');
      await expect(row).toContainText(credentials.key);
      await expect(row).toContainText('admin@acme');
      await expect(row).toContainText('Active');
      await expect(hub.rows(scheme)).toHaveCount(1);
      await expect(page.getByText(credentials.secret)).toHaveCount(0);
    });

    await test.step('a client uses them', async () => {
      const decision = await use(stack, scheme, credentials);
      expect(decision).toMatchObject({ outcome: 'valid', allowed: true, key: credentials.key, account: 'acme', scheme });
      const other = scheme === 'basic' ? 'hmac' : 'basic';
      expect(await use(stack, other, credentials)).toMatchObject({ outcome: 'wrong_scheme', allowed: false });
      expect(await api.key(credentials.key)).toMatchObject({ name: 'Nightly export 夜 🌙', scheme, status: 'active' });
    });
  });

  test(`if the secret of a ${scheme} key is lost, a new pair is created and the old one revoked`, async ({ hub, page, stack }) => {
    await hub.signIn();
    const lost = await hub.create(scheme, 'Lost');
    await hub.confirm();
    await page.reload();
    await expect(hub.row('Lost')).toBeVisible();
    await expect(page.getByText(lost.secret)).toHaveCount(0);

    const found = await hub.create(scheme, 'Found');
    await hub.confirm();
    await hub.act('Lost', 'Revoke');
    await hub.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect(hub.dialog).toHaveCount(0);
    await expect(hub.row('Lost')).toHaveCount(0);
    expect(await use(stack, scheme, lost)).toMatchObject({ outcome: 'revoked', allowed: false });
    expect(await use(stack, scheme, found)).toMatchObject({ outcome: 'valid', key: found.key });
    expect(found.key).not.toBe(lost.key);
  });
}

test('an HMAC key signs only with the algorithms that were allowed, and all of them by default', async ({ hub, stack }) => {
  await hub.signIn();
  const any = await hub.create('hmac', 'Any algorithm');
  await hub.confirm();
  for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512']) {
    expect(await use(stack, 'hmac', any, algorithm), algorithm).toMatchObject({ outcome: 'valid' });
  }

  await hub.openCreate('hmac');
  await hub.nameField.fill('No SHA-1');
  await hub.dialog.getByRole('checkbox', { name: 'HMAC-SHA-1' }).uncheck();
  await hub.createKey.click();
  const strict = await hub.shown();
  await hub.confirm();
  expect(await use(stack, 'hmac', strict, 'sha1')).toMatchObject({ outcome: 'forbidden_algorithm' });
  expect(await use(stack, 'hmac', strict, 'sha512')).toMatchObject({ outcome: 'valid' });
});

test('the page leads to the developer portal', async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('main').getByRole('link', { name: 'Developer Portal' }).click();
  await expect(page).toHaveURL(/\/docs\/?$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
