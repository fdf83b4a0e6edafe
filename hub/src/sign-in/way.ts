import { POPUP, session } from './session';

/** Goes to the issuer, to come back to `wanted`. Where the issuer remembers the person, that is seen by nobody. */
export async function signInHere(wanted: string): Promise<void> {
  await session.client.clearStaleState();
  const request = await session.client.createSigninRequest({ state: wanted });
  location.replace(request.url);
}

const POPUP_CHANNEL = 'hubkeys-sign-in';

/**
 * Signs in in a window of its own, so that this page keeps what is typed in it. The answer comes by a channel of this origin
 * and not by `window.opener`, which a cross-origin opener policy takes away. A stranger's tab could hear the code there, but
 * only this one has the verifier that makes it worth anything.
 *
 * `false`: the browser did not open the window.
 */
export async function signInBeside(signal: AbortSignal): Promise<boolean> {
  const width = Math.min(480, screen.availWidth);
  const height = Math.min(680, screen.availHeight);
  const place = `left=${Math.round((screen.availWidth - width) / 2)},top=${Math.round((screen.availHeight - height) / 2)}`;
  // Before the first `await`: a window is only allowed in answer to the click itself.
  const beside = window.open('', 'hubkeys-sign-in', `popup,width=${width},height=${height},${place}`);
  if (!beside) return false;
  const request = await session.client.createSigninRequest({ redirect_uri: location.origin + POPUP });
  const state = new URL(request.url).searchParams.get('state');
  const channel = new BroadcastChannel(POPUP_CHANNEL);
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      channel.onmessage = ({ data }) => {
        if (typeof data === 'string' && new URL(data).searchParams.get('state') === state) resolve(data);
      };
      beside.location.replace(request.url);
    });
    await session.accept(answer);
    return true;
  } finally {
    channel.close();
  }
}

/** The window's half: hands the issuer's answer over and goes. */
export function handOver() {
  new BroadcastChannel(POPUP_CHANNEL).postMessage(location.href);
  history.replaceState(null, '', POPUP);
  window.close();
}
