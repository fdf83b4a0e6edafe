// Who may do what. What is not allowed is shown with its own reason, not hidden.
import { Api } from './api';
import { SCHEMES } from './hub';
import { expect, test } from './test';

const NOT_ADMINISTRATOR = /only an Administrator of the account can manage API keys/i;
const NOT_VERIFIED = /not verified/i;

const REFUSED = [
  { user: 'advanced@acme', reason: NOT_ADMINISTRATOR, role: 'Advanced user', standing: 'Verified' },
  { user: 'basic@acme', reason: NOT_ADMINISTRATOR, role: 'Basic user', standing: 'Verified' },
  { user: 'admin@globex', reason: NOT_VERIFIED, role: 'Administrator', standing: 'Not verified' },
  { user: 'advanced@globex', reason: NOT_ADMINISTRATOR, role: 'Advanced user', standing: 'Not verified' },
  { user: 'basic@globex', reason: NOT_ADMINISTRATOR, role: 'Basic user', standing: 'Not verified' },
];

test('admin@acme, administrator of a verified account, may create and manage keys', async ({ hub, page, api }) => {
  await api.create('Somebody’s key');
  await hub.signIn();
  await expect(hub.row('Somebody’s key')).toBeVisible();
  for (const scheme of SCHEMES) {
    await expect(hub.createButton(scheme)).toBeEnabled();
    await expect(hub.filter(scheme)).toBeVisible();
  }
  await page.getByRole('tab', { name: 'Account' }).click();
  const account = page.getByRole('tabpanel', { name: 'Account' });
  await expect(account.getByText('Verified', { exact: true })).toBeVisible();
  await expect(account.getByText('1 of 100')).toBeVisible();
  await expect(account.getByText('Administrator', { exact: true })).toBeVisible();
});

for (const { user, reason, role, standing } of REFUSED) {
  test(`${user} is told why not`, async ({ hub, page, watch }) => {
    await hub.signIn(user);
    await expect(page.getByRole('main').getByText(reason).first()).toBeVisible();
    for (const scheme of SCHEMES) {
      const button = hub.createButton(scheme);
      await expect(button).toBeDisabled();
      // The reason is at the button itself too, and for the keyboard.
      await button.focus();
      await expect(page.getByRole('tooltip').getByText(reason)).toBeVisible();
      await expect(button).toHaveAccessibleDescription(reason);
      await button.press('Enter');
      await button.click({ force: true });
      await expect(hub.dialog).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(hub.revokeButton(scheme)).toBeDisabled();
    }
    const mayRequest = user === 'admin@globex';
    await expect(page.getByRole('main').getByRole('button', { name: 'Request verification' })).toHaveCount(mayRequest ? 1 : 0);
    // What would be refused is not even asked for.
    expect(watch.sent('GET', /^\/v1\/keys/)).toEqual([]);

    await page.getByRole('tab', { name: 'Account' }).click();
    const account = page.getByRole('tabpanel', { name: 'Account' });
    await expect(account.getByText(standing, { exact: true })).toBeVisible();
    await expect(account.getByText(role, { exact: true })).toBeVisible();
    await expect(account.getByText(reason).first()).toBeVisible();
  });

  test(`${user} sees no key by its address either`, async ({ hub, page, stack, watch }) => {
    watch.allow(/status of 403/);
    const api = await Api.as(stack, 'admin@acme');
    const key = await api.create('Hidden from others');
    await hub.signIn(user, `/settings/api-settings/keys/${key.id}`);
    await expect(page.getByRole('main').getByText(reason).first()).toBeVisible();
    await expect(page.getByText('Hidden from others')).toHaveCount(0);
  });
}

test('an administrator of another account is told that there is no such key', async ({ hub, page, api, watch }) => {
  watch.allow(/status of 404/);
  const key = await api.create('Acme’s own');
  await hub.signIn('admin@initech', `/settings/api-settings/keys/${key.id}`);
  await expect(page.getByRole('main').getByText('There is no such key').first()).toBeVisible();
  await expect(page.getByText('Acme’s own')).toHaveCount(0);
});

test('an administrator requests verification, an operator grants it meanwhile, and the page notices by itself', async ({ hub, page, stack }) => {
  await page.clock.install();
  await hub.signIn('admin@globex');
  await page.getByRole('main').getByRole('button', { name: 'Request verification' }).click();
  await expect(page.getByText('Verification requested').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Request verification' })).toHaveCount(0);
  await expect(hub.createButton('basic')).toBeDisabled();

  const operator = await Api.as(stack, 'operator@hubkeys');
  await operator.send('POST', '/v1/accounts/globex/verify');
  // It asks four times a minute. Only the page's clock has to run ahead for that.
  await page.clock.fastForward(16_000);
  await expect(hub.createButton('basic')).toBeEnabled();
  await expect(hub.createButton('hmac')).toBeEnabled();
  await hub.create('basic', 'The first of Globex');
  await hub.confirm();
  await expect(hub.row('The first of Globex')).toBeVisible();
});

test('an operator, who has no account, is told so', async ({ hub, page, watch }) => {
  watch.allow(/status of 40[13]/);
  await hub.signIn('operator@hubkeys');
  await expect(page.getByRole('alert').first()).toBeVisible();
});
