// Everything by keyboard: no mouse, and no focus set by the test.
import { type Locator, type Page, expect as check } from '@playwright/test';
import { use } from './client';
import { SCHEMES } from './hub';
import { expect, test } from './test';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

/** Presses Tab until something has the focus, as often as a patient person would. */
async function tabTo(page: Page, target: Locator, key = 'Tab') {
  const focused = () => target.evaluate((element) => element === document.activeElement || element.contains(document.activeElement));
  for (let presses = 0; presses < 80; presses += 1) {
    if (await focused()) return;
    await page.keyboard.press(key);
  }
  await check(target, 'not reached by Tab').toBeFocused();
}

/** Where the focus is must be seen. */
async function focusIsSeen(page: Page) {
  const shown = await page.evaluate(() => {
    const seen = (element: Element, pseudo?: string) => {
      const { outlineStyle, outlineWidth, boxShadow, content, borderWidth } = getComputedStyle(element, pseudo);
      if (pseudo && content === 'none') return false;
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' || (Boolean(pseudo) && borderWidth !== '0px');
    };
    for (let element = document.activeElement, up = 0; element && up < 4; element = element.parentElement, up += 1) {
      if (seen(element) || seen(element, '::before') || seen(element, '::after')) return true;
    }
    return false;
  });
  check(shown, 'the focus can be seen').toBe(true);
}

for (const scheme of SCHEMES) {
  test(`a ${scheme} key is created, copied and confirmed by keyboard alone`, async ({ hub, page, stack }) => {
    await page.goto('/');
    await tabTo(page, page.getByRole('button', { name: 'admin@acme' }));
    await page.keyboard.press('Enter');
    const opener = hub.createButton(scheme);
    await expect(opener).toBeEnabled();
    await tabTo(page, opener);
    await focusIsSeen(page);
    await page.keyboard.press('Enter');

    await expect(hub.nameField).toBeFocused();
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    const { key, secret } = await hub.shown();
    // The focus is in the dialog, and stays in it.
    for (let presses = 0; presses < 25; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await hub.dialog.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
    }
    await tabTo(page, hub.dialog.getByRole('button', { name: 'Copy API Secret' }));
    await page.keyboard.press('Enter');
    await expect.poll(() => hub.clipboard()).toBe(secret);
    await tabTo(page, hub.saved);
    await page.keyboard.press('Space');
    await expect(hub.saved).toBeChecked();
    await tabTo(page, hub.ok);
    await focusIsSeen(page);
    await page.keyboard.press('Enter');
    await expect(hub.dialog).toHaveCount(0);
    await expect(opener).toBeFocused();
    await expect(hub.row('By keyboard')).toContainText(key);
    expect(await use(stack, scheme, { key, secret })).toMatchObject({ outcome: 'valid' });
  });
}

test('a key in use is revoked by keyboard alone', async ({ hub, page, api, stack }) => {
  const { id, secret } = await api.create('In use');
  await use(stack, 'basic', { key: id, secret });
  await api.create('Stays');
  await page.goto('/');
  await tabTo(page, page.getByRole('button', { name: 'admin@acme' }));
  await page.keyboard.press('Enter');
  await expect(hub.row('In use')).toBeVisible();
  const opener = page.getByRole('button', { name: 'Actions for In use' });
  await tabTo(page, opener);
  await page.keyboard.press('Enter');
  const item = page.getByRole('menuitem', { name: 'Revoke' });
  await expect(item).toBeVisible();
  await tabTo(page, item, 'ArrowDown');
  await page.keyboard.press('Enter');
  await expect(hub.dialog).toBeVisible();
  await tabTo(page, hub.dialog.getByRole('textbox', { name: /Reason/ }));
  await page.keyboard.type('by keyboard');
  await tabTo(page, hub.dialog.getByRole('textbox', { name: /Type the name/ }));
  await page.keyboard.type('In use');
  await page.keyboard.press('Enter');
  await expect(hub.dialog).toHaveCount(0);
  await expect(hub.row('In use')).toHaveCount(0);
  expect(await api.key(id)).toMatchObject({ status: 'revoked' });
  // What opened the dialog is gone with its row. The focus is still in the section, not at the top of the page.
  expect(await hub.section('basic').evaluate((section) => section.contains(document.activeElement))).toBe(true);
});

test('several keys are selected and revoked by keyboard alone', async ({ hub, page, api }) => {
  for (const name of ['One', 'Two', 'Three']) await api.create(name, 'hmac');
  await hub.signIn();
  for (const name of ['One', 'Three']) {
    await tabTo(page, page.getByRole('checkbox', { name: `Select ${name}`, exact: true }));
    await page.keyboard.press('Space');
  }
  const opener = hub.revokeButton('hmac');
  await tabTo(page, opener, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(hub.dialog).toBeVisible();
  await tabTo(page, hub.dialog.getByRole('button', { name: 'Revoke', exact: true }));
  await page.keyboard.press('Enter');
  // Each has its result. The button that was pressed is gone, and the next one has the focus.
  await expect(hub.dialog.getByText('2 keys are revoked')).toBeVisible();
  await expect(hub.results).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(hub.dialog).toHaveCount(0);
  expect((await api.keys('&status=active')).map(({ name }) => name)).toEqual(['Two']);
});

test('the focus returns to what opened a dialog, however it is closed', async ({ hub, page, api }) => {
  await api.create('Some key');
  await hub.signIn();
  const create = hub.createButton('hmac');
  await tabTo(page, create);
  for (const way of ['Escape', 'Cancel', 'Close']) {
    await page.keyboard.press('Enter');
    await expect(hub.nameField).toBeFocused();
    if (way === 'Escape') await page.keyboard.press('Escape');
    else {
      await tabTo(page, hub.dialog.getByRole('button', { name: way }));
      await page.keyboard.press('Enter');
    }
    await expect(hub.dialog, way).toHaveCount(0);
    await expect(create, way).toBeFocused();
  }
  const actions = page.getByRole('button', { name: 'Actions for Some key' });
  for (const action of ['Rename', 'Revoke']) {
    await tabTo(page, actions, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('menuitem', { name: action }), 'ArrowDown');
    await page.keyboard.press('Enter');
    await expect(hub.dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(hub.dialog, action).toHaveCount(0);
    await expect(actions, action).toBeFocused();
  }
});

test('a discarded create asks once something is typed', async ({ hub, page, watch }) => {
  await hub.signIn();
  await hub.openCreate('basic');
  await page.keyboard.type('Nearly lost');
  await page.keyboard.press('Escape');
  await expect(page.getByText('Discard what you typed?')).toBeVisible();
  await page.getByRole('button', { name: 'Keep editing' }).click();
  await expect(hub.nameField).toHaveValue('Nearly lost');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(hub.dialog).toHaveCount(0);
  await expect(hub.createButton('basic')).toBeFocused();
  expect(watch.sent('POST', /^\/v1\/keys$/)).toEqual([]);
});

test('the first Tab offers to skip to the content', async ({ hub, page }) => {
  await hub.signIn();
  await expect(hub.createButton('basic')).toBeEnabled();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  expect(await page.getByRole('main').evaluate((main) => main.contains(document.activeElement))).toBe(true);
});
