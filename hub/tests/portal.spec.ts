// The developer portal: every page renders, can be read by everybody, and asks nobody else for anything.
import type { Page } from '@playwright/test';
import { accessible, look } from './look';
import { expect, test } from './test';

/** The guides as the overview lists them. */
async function guides(page: Page): Promise<string[]> {
  await page.goto('/docs');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const links = await page.locator('a[href*="/docs/guides/"]').evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  return [...new Set(links)];
}

test('the overview leads to every guide and to the reference', async ({ page }) => {
  const found = await guides(page);
  expect(found.length).toBeGreaterThanOrEqual(6);
  await expect(page.getByRole('link', { name: /reference/i }).first()).toBeVisible();
  await look(page, 'docs');
});

test('every guide renders, and every link in it leads somewhere', async ({ page, request }) => {
  test.setTimeout(120_000);
  const known = new Map<string, Set<string>>();
  const wanted: { from: string; to: URL }[] = [];
  for (const path of await guides(page)) {
    await page.goto(path);
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toBeVisible();
    await expect(heading).not.toHaveText(/no such page/i);
    expect((await page.title()).length).toBeGreaterThan(8);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await accessible(page, `${path} ${colorScheme}`, colorScheme);
    }
    known.set(path, new Set(await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))));
    const hrefs = await page.locator('a[href]').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    for (const href of new Set(hrefs)) wanted.push({ from: path, to: new URL(href) });
  }
  const origin = new URL(page.url()).origin;
  const answers = new Map<string, number>();
  for (const { from, to } of wanted) {
    if (to.origin !== origin) continue;
    if (!answers.has(to.pathname)) answers.set(to.pathname, (await request.get(to.pathname)).status());
    expect.soft(answers.get(to.pathname), `${to.pathname}, from ${from}`).toBe(200);
    const ids = known.get(to.pathname);
    if (/^\/docs\/guides\//.test(to.pathname)) expect.soft(ids, `${to.pathname}, from ${from}, is a guide`).toBeDefined();
    if (ids && to.hash) expect.soft([...ids], `${to.href}, from ${from}`).toContain(decodeURIComponent(to.hash.slice(1)));
  }
});

test('a guide is followed by links without loading the page anew, and by address', async ({ page, watch }) => {
  const [first, second] = await guides(page);
  await page.locator(`a[href="${first}"]`).first().click();
  await expect(page).toHaveURL(first!);
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await page.locator(`a[href="${second}"]`).first().click();
  await expect(page).toHaveURL(second!);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  expect(watch.requests.filter((request) => request.isNavigationRequest())).toHaveLength(1);
  await page.goto(first!);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
});

test('the tabs of code show one language at a time, by mouse and by keyboard, and what is shown can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const path of await guides(page)) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const tabs = page.getByRole('main').getByRole('tablist').first();
    if ((await tabs.count()) === 0) continue;
    const names = await tabs.getByRole('tab').allInnerTexts();
    expect(names.length).toBeGreaterThanOrEqual(2);
    const texts = new Set<string>();
    for (const name of names) {
      await tabs.getByRole('tab', { name, exact: true }).click();
      const panel = page.getByRole('tabpanel', { name, exact: true }).first();
      await expect(panel).toBeVisible();
      texts.add(await panel.innerText());
    }
    expect(texts.size).toBe(names.length);
    await tabs.getByRole('tab').first().click();
    await page.keyboard.press('ArrowRight');
    await expect(tabs.getByRole('tab').nth(1)).toBeFocused();
    await page.getByRole('main').getByRole('button', { name: /copy/i }).first().click();
    expect((await page.evaluate(() => navigator.clipboard.readText())).length).toBeGreaterThan(20);
    await look(page, `docs guide ${path.split('/').pop()}`);
    return;
  }
  throw new Error('no guide has tabs of code');
});

test('the reference shows every operation of the document that it is made of', async ({ page, request }) => {
  test.setTimeout(120_000);
  const document = (await (await request.get('/openapi.json')).json()) as { openapi: string; paths: Record<string, Record<string, { summary?: string }>> };
  expect(document.openapi).toMatch(/^3\.1/);
  await page.goto('/docs/reference');
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      if (operation.summary) await expect(page.getByRole('heading', { name: operation.summary }).first(), path).toBeAttached();
    }
  }
  // Of its whole length only the beginning makes a picture.
  await look(page, 'docs reference', { fullPage: false });
});

test('a page that the portal does not have says so and leads back', async ({ page }) => {
  await page.goto('/docs/guides/no-such-guide');
  await expect(page.getByText(/no such/i).first()).toBeVisible();
  await look(page, 'docs not found');
  await page.getByRole('main').getByRole('link').first().click();
  await expect(page).toHaveURL(/\/docs/);
});
