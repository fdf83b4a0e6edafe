import { type Locator, type Page, expect } from '@playwright/test';
import type { Scheme } from './api';
import type { Credentials } from './client';
import type { Watch } from './watch';

export const API_SETTINGS = '/settings/api-settings';
export const SECTION = { basic: 'Basic Authentication', hmac: 'HMAC Authentication' } satisfies Record<Scheme, string>;
export const SCHEMES: Scheme[] = ['basic', 'hmac'];

/** Picks a user on the issuer's page. */
export async function pick(page: Page, user: string) {
  await expect(page.getByRole('heading', { name: 'Sign in to Hubkeys' })).toBeVisible();
  await page.getByRole('button', { name: user }).click();
}

/** The Hub as a person finds their way in it: by what things are called. */
export class Hub {
  constructor(
    readonly page: Page,
    readonly watch: Watch,
  ) {}

  async signIn(user = 'admin@acme', path = '/') {
    await this.page.goto(path);
    await pick(this.page, user);
    await expect(this.page).not.toHaveURL(/oauth2|sign-in/);
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
  }

  async signOut() {
    // The bar gets another button once it is known who is signed in. Until then nothing in it stays where it is.
    await expect(this.page.getByRole('link', { name: /^Signed in as/ })).toBeVisible();
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(this.page.getByText('You are signed out').first()).toBeVisible();
  }

  table(scheme: Scheme): Locator {
    return this.page.getByRole('grid', { name: SECTION[scheme] });
  }

  /** The table with its heading, buttons, filter and pages. */
  section(scheme: Scheme): Locator {
    return this.table(scheme).locator('xpath=ancestor::*[.//h2][1]');
  }

  createButton(scheme: Scheme): Locator {
    return this.section(scheme).getByRole('button', { name: 'Create new key' });
  }

  revokeButton(scheme: Scheme): Locator {
    return this.section(scheme).getByRole('button', { name: `Revoke, ${SECTION[scheme]}` });
  }

  /** Once it is known what is in it. */
  async loaded(scheme: Scheme) {
    await expect(this.section(scheme).getByText(/Loading keys|Searching/)).toHaveCount(0);
  }

  /** The row of a key. */
  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('button', { name: `Actions for ${name}`, exact: true }) });
  }

  /** The rows of keys, without the headings. */
  rows(scheme: Scheme): Locator {
    return this.table(scheme).getByRole('row').filter({ has: this.page.getByRole('rowheader') });
  }

  async act(name: string, action: 'Open' | 'Rename' | 'Revoke') {
    await this.page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }

  filter(scheme: Scheme): Locator {
    return this.section(scheme).getByRole('searchbox');
  }

  showRevoked(scheme: Scheme): Locator {
    return this.section(scheme).getByRole('checkbox', { name: 'Show revoked keys' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get nameField(): Locator {
    return this.dialog.getByRole('textbox', { name: 'Name' });
  }

  get createKey(): Locator {
    return this.dialog.getByRole('button', { name: 'Create Key' });
  }

  async openCreate(scheme: Scheme) {
    await this.createButton(scheme).click();
    await expect(this.nameField).toBeFocused();
  }

  /** As far as the confirmation with the secret. */
  async create(scheme: Scheme, name: string): Promise<Credentials> {
    await this.openCreate(scheme);
    await this.nameField.fill(name);
    await this.createKey.click();
    return this.shown();
  }

  /** What the confirmation shows. */
  async shown(): Promise<Credentials> {
    await expect(this.dialog.getByText(ONCE).first()).toBeVisible();
    return {
      key: await this.dialog.getByText(/^hk_[0-9a-z]{26}$/).first().innerText(),
      secret: await this.dialog.getByText(/^hs_[0-9A-Za-z]{49}$/).first().innerText(),
    };
  }

  get saved(): Locator {
    return this.dialog.getByRole('checkbox', { name: 'I have saved the secret' });
  }

  get ok(): Locator {
    return this.dialog.getByRole('button', { name: 'Ok', exact: true });
  }

  async confirm() {
    await this.saved.check();
    await this.ok.click();
    await expect(this.dialog).toHaveCount(0);
  }

  /** The button below the results of a revocation. The dialog's own cross comes first. */
  get results(): Locator {
    return this.dialog.getByRole('button', { name: 'Close' }).last();
  }

  async closeResults() {
    await this.results.click();
    await expect(this.dialog).toHaveCount(0);
  }

  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}

export const ONCE = /This is the only time the Hub will display the API Secret/;
