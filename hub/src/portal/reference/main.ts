// The API reference: /docs/reference. Redoc draws /openapi.json.

import './reference.css';
import address from 'virtual:redoc';
import { options } from './options';

const html = document.documentElement;
const frame = document.getElementById('reference');
const isDark = () => html.classList.contains('awsui-dark-mode');

function draw() {
  // Redoc takes its colours once: another theme gets a page of its own.
  const element = document.createElement('div');
  window.Redoc?.init('/openapi.json', options(isDark()), element, (error) => {
    if (error) return fail();
    frame?.replaceChildren(element);
    const anchor = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (anchor) anchor.scrollIntoView();
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
script.onload = draw;
script.onerror = fail;
document.head.append(script);
