import type { Page } from '@playwright/test';
import { pick } from './hub';
import { expect, test } from './test';

/** How bright the page itself is, 0 to 255. */
function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d')!;
    for (let element: Element | null = document.querySelector('h1'); element; element = element.parentElement) {
      const { backgroundColor } = getComputedStyle(element);
      canvas.fillStyle = backgroundColor;
      if (/rgba\(.*, 0\)|transparent/.test(backgroundColor)) continue;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return Math.round((red + green + blue) / 3);
    }
    return 255;
  });
}

for (const path of ['/', '/docs', '/docs/reference']) {
  test(`the theme of ${path} follows the system until one is chosen, and is remembered`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(path);
    if (path === '/') await pick(page, 'admin@acme');
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect.poll(() => brightness(page)).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => brightness(page)).toBeLessThan(80);
    await choose(page, 'Light');
    await expect.poll(() => brightness(page)).toBeGreaterThan(200);
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ 'hubkeys-theme': 'light' });
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect.poll(() => brightness(page)).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: 'light' });
    await choose(page, 'Dark');
    await expect.poll(() => brightness(page)).toBeLessThan(80);
    await choose(page, 'System');
    await expect.poll(() => brightness(page)).toBeGreaterThan(200);
    expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => localStorage[name] !== 'system'))).toEqual([]);
  });
}

test('a theme that was chosen in the Hub holds in the portal, and in other tabs at once', async ({ page, context }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  await pick(page, 'admin@acme');
  const other = await context.newPage();
  await other.emulateMedia({ colorScheme: 'light' });
  await other.goto('/docs');
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible();
  await choose(page, 'Dark');
  await expect.poll(() => brightness(page)).toBeLessThan(80);
  await expect.poll(() => brightness(other)).toBeLessThan(80);
});

async function choose(page: Page, theme: 'Light' | 'Dark' | 'System') {
  const select = page.getByRole('combobox', { name: 'Theme' });
  // The reference has what a browser has itself.
  if ((await select.count()) > 0) return void (await select.selectOption(theme));
  await page.getByRole('button', { name: /^Theme/ }).first().click();
  await page.getByRole('menuitemcheckbox', { name: theme }).or(page.getByRole('menuitemradio', { name: theme })).or(page.getByRole('menuitem', { name: theme })).first().click();
}
