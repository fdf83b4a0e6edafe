// The secret: shown once, taken away in every way a person may want, and gone after "Ok".
import { readFile } from 'node:fs/promises';
import { use } from './client';
import { SCHEMES } from './hub';
import { placesOf } from './secret-search';
import { expect, test } from './test';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

for (const scheme of SCHEMES) {
  test(`after Ok the secret of a ${scheme} key is nowhere`, async ({ hub, page, stack, watch }) => {
    await hub.signIn();
    const { key, secret } = await hub.create(scheme, 'Searched for');
    await hub.dialog.getByRole('button', { name: 'How to use it' }).click();
    for (const name of ['Copy API Key', 'Copy API Secret', 'Copy example']) await hub.dialog.getByRole('button', { name }).click();
    await expect(hub.dialog.getByText('Copied').first()).toBeVisible();

    const before = await placesOf(secret, key, page, watch);
    expect(before).toEqual(expect.arrayContaining(['DOM of frame 0', 'DOM with shadow trees', 'accessibility tree']));
    // Also while it is shown, it is on the page and nowhere else.
    expect(before.filter((place) => !/DOM|accessibility|values of inputs|live regions/.test(place))).toEqual([]);

    await hub.confirm();
    await expect(hub.row('Searched for')).toBeVisible();
    expect(await placesOf(secret, key, page, watch)).toEqual([]);
    expect(stack.printed).not.toContain(secret);

    // Further on neither: on its own page, after going back, in a tab that is opened anew.
    await hub.act('Searched for', 'Open');
    await expect(page.getByRole('heading', { level: 1, name: 'Searched for' })).toBeVisible();
    expect(await placesOf(secret, key, page, watch)).toEqual([]);
    await page.goBack();
    await expect(hub.row('Searched for')).toBeVisible();
    expect(await placesOf(secret, key, page, watch)).toEqual([]);
  });
}

test('the search itself finds a secret in every place it is put', async ({ hub, page, watch }) => {
  watch.allow(/to be found/, /status of 400/);
  await hub.signIn();
  const key = 'hk_01jd3v9m2x8c5q7w4n6t0r1z2y';
  const secret = 'hs_ThisIsAnExampleAndOpensNothing';
  expect(await placesOf(secret, key, page, watch)).toEqual([]);
  await page.evaluate(
    async ({ key, secret }) => {
      localStorage.setItem('a', secret);
      sessionStorage.setItem('a', btoa(secret));
      document.cookie = `a=${secret}`;
      await (await caches.open('a')).put('/a', new Response(secret));
      await new Promise((done) => {
        const request = indexedDB.open('a');
        request.onupgradeneeded = () => request.result.createObjectStore('a').put(secret, 'a');
        request.onsuccess = () => done(request.result.close());
      });
      history.pushState({ secret }, '', `#${secret}`);
      window.name = secret;
      document.title = secret;
      const field = document.body.appendChild(document.createElement('input'));
      field.value = secret;
      const live = document.body.appendChild(document.createElement('div'));
      live.setAttribute('aria-live', 'polite');
      live.textContent = secret;
      document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'closed' }).textContent = secret;
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.contentDocument!.body.textContent = secret;
      console.error(`to be found: ${secret}`);
      await (await fetch(`/health?${secret}`)).text();
      await (await fetch('/oauth2/token', { method: 'POST', body: new URLSearchParams({ authorization: btoa(`${key}:${secret}`) }) })).text();
    },
    { key, secret },
  );
  const places = new Set((await placesOf(secret, key, page, watch)).map((place) => place.replace(/ of frame \d$/, '')));
  expect([...places].sort()).toEqual([
    'CacheStorage',
    'DOM',
    'DOM with shadow trees',
    'IndexedDB',
    'accessibility tree',
    'address',
    'console',
    'cookies',
    'history of the tab',
    'history.state',
    'live regions',
    'localStorage',
    'navigation entries',
    'network: addresses',
    'network: requests',
    'resource timing',
    'sessionStorage',
    'title',
    'values of inputs',
    'window.name',
  ]);
});

test('Ok comes after "I have saved the secret", and nothing else closes the confirmation', async ({ hub, page }) => {
  await hub.signIn();
  const { secret } = await hub.create('basic', 'Kept open');
  await expect(hub.saved).not.toBeChecked();
  await expect(hub.ok).toBeDisabled();
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 400);
  await expect(hub.dialog.getByText(secret, { exact: true }).first()).toBeVisible();
  await hub.saved.check();
  await expect(hub.ok).toBeEnabled();
  await hub.ok.click();
  await expect(hub.dialog).toHaveCount(0);
});

test('leaving the page while the secret is shown asks first', async ({ hub, page }) => {
  await hub.signIn();
  // So that there is something to go back to inside the page.
  await page.getByRole('tab', { name: 'Account' }).click();
  await page.getByRole('tab', { name: 'API', exact: true }).click();
  const { secret } = await hub.create('basic', 'Not saved yet');

  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();
  await expect(hub.dialog.getByText(secret, { exact: true }).first()).toBeVisible();

  // Going back inside the page asks too, in the page's own words.
  await page.evaluate(() => history.back());
  await expect(page.getByText('Leave without saving the secret?')).toBeVisible();
  await page.getByRole('button', { name: 'Stay' }).click();
  await expect(hub.dialog.getByText(secret, { exact: true }).first()).toBeVisible();
  await hub.confirm();

  // Afterwards nothing asks any more.
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
});

for (const scheme of SCHEMES) {
  test(`the .env file of a ${scheme} key holds what a shell needs`, async ({ hub, page, stack }) => {
    await hub.signIn();
    const { key, secret } = await hub.create(scheme, 'Für den Server: $(rm) `x`');
    const started = page.waitForEvent('download');
    await hub.dialog.getByRole('button', { name: 'Download .env' }).click();
    const download = await started;
    expect(download.suggestedFilename()).toMatch(/\.env$/);
    const text = await readFile((await download.path())!, 'utf8');
    const lines = text.trimEnd().split('\n').filter((line) => !line.startsWith('#'));
    expect(lines).toEqual([`HUBKEYS_KEY=${key}`, `HUBKEYS_SECRET=${secret}`]);
    expect(await use(stack, scheme, { key, secret })).toMatchObject({ outcome: 'valid' });
    await hub.confirm();
  });
}

test('every copy button copies what it stands beside, and says so to those who can’t see it', async ({ hub, page }) => {
  await hub.signIn();
  const { key, secret } = await hub.create('basic', 'Copied everywhere');
  for (const [name, text] of [
    ['Copy name', 'Copied everywhere'],
    ['Copy API Key', key],
    ['Copy API Secret', secret],
  ] as const) {
    await hub.dialog.getByRole('button', { name }).click();
    expect(await hub.clipboard()).toBe(text);
    await expect(page.locator('[aria-live], [role=status]').getByText('Copied').first()).toBeAttached();
  }
  await hub.dialog.getByRole('button', { name: 'How to use it' }).click();
  await hub.dialog.getByRole('button', { name: 'Copy example' }).first().click();
  const example = await hub.clipboard();
  expect(example).toContain('curl');
  expect(example).toContain(key);
  await hub.confirm();
  await hub.row('Copied everywhere').getByRole('button', { name: 'Copy key id of Copied everywhere' }).click();
  expect(await hub.clipboard()).toBe(key);
});
