import { words } from './words';
import { CALLBACK, POPUP, SIGNED_OUT, session } from './sign-in/session';
import { loadSettings } from './sign-in/settings';
import { handOver, signInHere } from './sign-in/way';

// Signs in first, and only then loads what needs somebody who is signed in: on the way to the issuer nothing else is of use.

const root = document.getElementById('root')!;

async function start() {
  if (location.pathname === POPUP) {
    handOver();
    root.querySelector('.first-paint')!.textContent = words.signIn.windowDone;
    return;
  }
  if (location.pathname === SIGNED_OUT) {
    (await import('./sign-in/Notice')).showSignedOut(root);
    return;
  }
  session.start(await loadSettings());
  if (location.pathname !== CALLBACK) {
    await signInHere(location.pathname + location.search + location.hash);
    return;
  }
  const app = import('./shell/App');
  const wanted = await session.accept(location.href);
  // The code is used up; the address must not keep it.
  history.replaceState(null, '', wanted ?? '/');
  (await app).show(root);
}

start().catch(async (error: unknown) => {
  (await import('./sign-in/Notice')).showFailure(root, error);
});
