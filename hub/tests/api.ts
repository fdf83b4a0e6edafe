import type { Stack } from './stack';

export interface Key {
  id: string;
  name: string;
  scheme: Scheme;
  status: 'active' | 'disabled' | 'revoked';
  last_used_at: string | null;
}
export type Scheme = 'basic' | 'hmac';
export type NewKey = Key & { secret: string };

/** The API as one user sees it: to prepare what a page is to show, and to look at what it did. */
export class Api {
  private constructor(
    readonly stack: Stack,
    private readonly token: string,
  ) {}

  static async as(stack: Stack, user: string): Promise<Api> {
    const answer = await fetch(`${stack.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: user }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    return new Api(stack, access_token);
  }

  async send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await fetch(this.stack.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  }

  create(name: string, scheme: Scheme = 'basic'): Promise<NewKey> {
    return this.send('POST', '/v1/keys', { name, scheme });
  }

  revoke(...ids: string[]): Promise<unknown> {
    return this.send('POST', '/v1/keys/revoke', { ids });
  }

  key(id: string): Promise<Key> {
    return this.send('GET', `/v1/keys/${id}`);
  }

  async keys(query = ''): Promise<Key[]> {
    return (await this.send<{ keys: Key[] }>('GET', `/v1/keys?limit=100${query}`)).keys;
  }

  history(id: string): Promise<{ events: { type: string; name?: string; reason?: string | null }[] }> {
    return this.send('GET', `/v1/keys/${id}/history`);
  }
}
