import { AxeBuilder } from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** What the colours decide; all else is the same in the dark. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** No view may violate WCAG 2.x A or AA, as far as axe can tell. */
export async function accessible(page: Page, view: string, colorScheme: 'light' | 'dark') {
  const axe = new AxeBuilder({ page });
  const { violations } = await (colorScheme === 'light' ? axe.withTags(WCAG) : axe.withRules(COLOURS)).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target, failureSummary }) => `${String(target)} ${failureSummary}`).join(' | ')}`);
  expect.soft(found, view).toEqual([]);
}

/** Looks at a view on a desk and on a phone, light and dark: a picture of each for people, and what a machine can check. */
export async function look(page: Page, view: string, { fullPage = true } = {}) {
  const before = page.viewportSize()!;
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // What is fixed or sticky would be pictured where the window happens to be.
      if (fullPage) await page.evaluate(() => scrollTo(0, 0));
      const name = `${view} ${size.width} ${colorScheme}`;
      await settled(page);
      await page.screenshot({ path: `screenshots/${name.replaceAll(' ', '-')}.png`, fullPage, animations: 'disabled' });
      await accessible(page, name, colorScheme);
      const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
      expect.soft(wide, `${name}: nothing is wider than the window`).toBeLessThanOrEqual(room);
      const text = await page.evaluate(() => document.body.innerText);
      expect.soft(text, name).not.toMatch(/\bundefined\b|\bNaN\b|\[object |Invalid Date/);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
}

/** The page has been painted with what it was told last, and its fonts are there. */
async function settled(page: Page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations().map((animation) => animation.effect?.getComputedTiming().iterations === Infinity || animation.finished.catch(() => undefined)));
  });
}
