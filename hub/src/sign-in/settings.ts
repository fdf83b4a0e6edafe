/** What a deployment tells this page about itself, in `/config.json`. */
export interface Settings {
  /** The issuer, as its discovery document names it. */
  authority: string;
  client_id: string;
  scope: string;
  /** Where the API is; empty, where this page is. */
  api: string;
  /** Cognito does not say in its discovery document how to sign out, and wants its own parameters. */
  logout: { url: string; style: 'cognito' | 'oidc' };
}

export async function loadSettings(): Promise<Settings> {
  const response = await fetch('/config.json', { cache: 'no-cache' });
  if (!response.ok) throw new Error(`/config.json: ${response.status}`);
  return (await response.json()) as Settings;
}
