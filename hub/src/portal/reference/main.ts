// The API reference: /docs/reference. Redoc draws /openapi.json.

import './reference.css';
import { anchorOf } from '../anchor';
import address from 'virtual:redoc';
import { options } from './options';
import { followTheme, isDark } from './theme';

const frame = document.getElementById('reference');

interface Described {
  info: object;
}

/** The document, without the number of its release, which says nothing to a reader. */
async function described(): Promise<Described> {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`the document was answered with ${response.status}`);
  const document = (await response.json()) as Described;
  return { ...document, info: { ...document.info, title: 'Hubkeys API', version: '' } };
}

// While Redoc comes.
const asked = described();
asked.catch(() => {});
let drawn = false;

// Redoc decodes it and does not expect that to fail.
try {
  decodeURIComponent(location.hash);
} catch {
  history.replaceState(history.state, '', location.pathname + location.search);
}

function draw(spec: Described) {
  const dark = isDark();
  // Redoc takes its colours once: another theme gets a page of its own.
  const element = document.createElement('div');
  window.Redoc?.init(spec, options(dark), element, (error) => {
    if (error) return fail();
    // Another theme may have been chosen meanwhile.
    if (dark !== isDark()) return draw(spec);
    const top = scrollY;
    frame?.replaceChildren(element);
    if (drawn) return scrollTo({ top, behavior: 'instant' });
    drawn = true;
    anchorOf(location.hash)?.scrollIntoView();
  });
}

function fail() {
  const text = document.createElement('p');
  text.className = 'reference-failed';
  text.setAttribute('role', 'alert');
  text.textContent = 'The reference did not load. Look at your connection, then load the page again.';
  frame?.replaceChildren(text);
}

window.SC_DISABLE_SPEEDY = false;
const script = document.createElement('script');
script.src = address;
script.onload = () => {
  asked.then((spec) => {
    draw(spec);
    followTheme(() => draw(spec));
  }, fail);
};
script.onerror = fail;
document.head.append(script);
