import type { Page } from '@playwright/test';
import type { Watch } from './watch';

/** What a secret can look like once something has made it part of something else. */
function spellings(key: string, secret: string): string[] {
  const pair = Buffer.from(`${key}:${secret}`).toString('base64');
  return [secret, pair.slice(40, -4), Buffer.from(secret).toString('base64').slice(0, -4), Buffer.from(secret).toString('hex')];
}

/** Where the secret is now: in the page, in anything the browser keeps for it, in what went over the network, on the console. */
export async function placesOf(secret: string, key: string, page: Page, watch: Watch): Promise<string[]> {
  const texts = new Map<string, string>(Object.entries({ ...(await devtools(page)), ...(await network(watch)) }));
  for (const [index, frame] of page.frames().entries()) {
    for (const [place, text] of Object.entries(await frame.evaluate(seenFromInside))) texts.set(`${place} of frame ${index}`, text);
  }
  texts.set('console', watch.console.join('\n'));
  texts.set('cookies', JSON.stringify(await page.context().cookies()));
  return [...texts]
    .filter(([, text]) => spellings(key, secret).some((spelling) => text.includes(spelling)))
    .map(([place]) => place)
    .sort();
}

/** Closed shadow roots, the inside of inputs, and history of all kinds: what scripts of the page do not get to see. */
async function devtools(page: Page) {
  const session = await page.context().newCDPSession(page);
  const [document, accessibility, history] = await Promise.all([
    session.send('DOM.getDocument', { depth: -1, pierce: true }),
    session.send('Accessibility.getFullAXTree'),
    session.send('Page.getNavigationHistory'),
  ]);
  await session.detach();
  return {
    'DOM with shadow trees': JSON.stringify(document),
    'accessibility tree': JSON.stringify(accessibility),
    'history of the tab': JSON.stringify(history),
  };
}

/** The one answer that brings the secret is left out: it must be there, and only there. */
async function network(watch: Watch) {
  const exchanges = (await watch.exchanges()).map((one) =>
    one.method === 'POST' && new URL(one.url).pathname === '/v1/keys' && one.status === 201 ? { ...one, responseBody: '' } : one,
  );
  const all = watch.requests.map((request) => request.url());
  return {
    'network: addresses': all.join('\n'),
    'network: requests': JSON.stringify(exchanges.map(({ requestHeaders, requestBody }) => [requestHeaders, requestBody])),
    'network: answers': JSON.stringify(exchanges.map(({ responseHeaders, responseBody }) => [responseHeaders, responseBody])),
  };
}

async function seenFromInside(): Promise<Record<string, string>> {
  const databases: unknown[] = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((open, fail) => {
      const request = indexedDB.open(name!);
      request.onsuccess = () => open(request.result);
      request.onerror = () => fail(request.error);
    });
    for (const store of database.objectStoreNames) {
      databases.push(
        name,
        store,
        await new Promise((read) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => read(request.result);
        }),
      );
    }
    database.close();
  }
  const cached: string[] = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached.push(name, request.url, (await (await cache.match(request))?.text()) ?? '');
  }
  const navigation = (window as unknown as { navigation: { entries(): { url: string; getState(): unknown }[] } }).navigation;
  const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea, select')];
  const live = [...document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]')];
  return {
    DOM: document.documentElement.outerHTML,
    'values of inputs': fields.map(({ value, defaultValue }) => `${value}\n${defaultValue}`).join('\n'),
    'live regions': live.map(({ textContent }) => textContent).join('\n'),
    title: document.title,
    'window.name': window.name,
    address: location.href,
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    IndexedDB: JSON.stringify(databases),
    CacheStorage: cached.join('\n'),
    'history.state': JSON.stringify(history.state),
    'navigation entries': JSON.stringify(navigation.entries().map((entry) => [entry.url, entry.getState()])),
    'resource timing': JSON.stringify(performance.getEntries()),
  };
}
