import { ErrorResponse, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import type { Settings } from './settings';
import { type Tokens, renew, tokensOf, userOf } from './tokens';

/** A token this close to its end may be too old when it arrives. */
const MARGIN_MS = 10_000;

export const CALLBACK = '/sign-in/callback';
export const POPUP = '/sign-in/popup';
export const SIGNED_OUT = '/signed-out';

/** Tells the other tabs. Never carries a token. */
const tabs = new BroadcastChannel('hubkeys-session');

/** The session of this tab. One page has one, so it is a module and not a context: requests outside React need it too. */
class Session {
  settings!: Settings;
  client!: OidcClient;
  #tokens: Tokens | undefined;
  /** Whose page this is, for as long as it lives: also when they signed out and stayed because something was not saved. */
  #user: string | undefined;
  #renewal: Promise<void> | undefined;
  #ended: { promise: Promise<void>; resolve: () => void } | undefined;
  #listeners = new Set<() => void>();

  start(settings: Settings) {
    this.settings = settings;
    this.client = new OidcClient({
      authority: settings.authority,
      client_id: settings.client_id,
      scope: settings.scope,
      redirect_uri: location.origin + CALLBACK,
      // The verifier of PKCE must outlive the way to the issuer and back. It is removed when the answer is processed.
      stateStore: new WebStorageStateStore({ store: sessionStorage, prefix: 'hubkeys.' }),
    });
    tabs.onmessage = ({ data }) => {
      if (data === 'signed-out') this.#leave(SIGNED_OUT);
    };
  }

  /** Takes the issuer's answer, and says where the person wanted to go. */
  async accept(url: string): Promise<string | undefined> {
    const response = await this.client.processSigninResponse(url);
    const tokens = tokensOf(response, Date.now());
    if (this.#user !== undefined && this.#user !== userOf(tokens)) {
      // What is on the page belongs to somebody else.
      this.#leave('/');
      return undefined;
    }
    this.#user = userOf(tokens);
    this.#tokens = tokens;
    this.#ended?.resolve();
    this.#ended = undefined;
    this.#changed();
    const { userState } = response;
    return typeof userState === 'string' ? userState : undefined;
  }

  /** A token that is good now: the one at hand, a renewed one, or that of the sign-in that the person is asked for. */
  async token(signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      if (!this.#ended && this.#tokens && this.#tokens.expiresAt - MARGIN_MS > Date.now()) return this.#tokens.idToken;
      if (this.#ended) await abortable(this.#ended.promise, signal);
      else await abortable((this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined))), signal);
    }
  }

  /** The API did not take this token, whatever its date says. */
  refused(token: string) {
    if (this.#tokens?.idToken === token) this.#tokens = { ...this.#tokens, expiresAt: 0 };
  }

  async #renew() {
    const before = this.#tokens;
    try {
      const renewed = before && (await renew(this.client, before));
      // A sign-in may have been faster.
      if (this.#tokens === before && renewed && renewed.expiresAt - MARGIN_MS > Date.now()) {
        this.#tokens = renewed;
        return;
      }
    } catch (error) {
      // Only the issuer's own "no" ends the session. That it can't be reached may pass.
      if (!(error instanceof ErrorResponse)) throw error;
    }
    if (this.#tokens !== before) return;
    let resolve = () => {};
    const promise = new Promise<void>((done) => (resolve = done));
    this.#ended = { promise, resolve };
    this.#changed();
  }

  /** Whether somebody has to sign in again before anything goes on. */
  hasEnded = () => this.#ended !== undefined;

  /** What the issuer says of the person, for display only. */
  get profile() {
    return this.#tokens?.response.profile;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed() {
    for (const listener of this.#listeners) listener();
  }

  signOut() {
    tabs.postMessage('signed-out');
    const { url, style } = this.settings.logout;
    const target = new URL(url);
    target.searchParams.set('client_id', this.settings.client_id);
    target.searchParams.set(style === 'cognito' ? 'logout_uri' : 'post_logout_redirect_uri', location.origin + SIGNED_OUT);
    this.#leave(target.href);
  }

  #leave(to: string) {
    this.#tokens = undefined;
    location.replace(to);
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

export const session = new Session();
