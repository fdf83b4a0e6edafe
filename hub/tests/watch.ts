import type { BrowserContext, ConsoleMessage, Request, Response } from '@playwright/test';

export interface Exchange {
  method: string;
  url: string;
  requestHeaders: Record<string, string>;
  requestBody: string | null;
  status: number;
  responseHeaders: Record<string, string>;
  responseBody: string;
}

/**
 * Sees everything that all pages of a context say and ask for. What no page may do is a fault: an error on the console, an
 * exception, a violation of the content security policy, a request to another origin.
 */
export class Watch {
  readonly console: string[] = [];
  readonly requests: Request[] = [];
  readonly faults: string[] = [];
  readonly #exchanges: Promise<Exchange | undefined>[] = [];
  readonly #allowed: RegExp[] = [];

  constructor(context: BrowserContext, origin: string) {
    context.on('console', (message) => this.#said(message));
    context.on('weberror', (error) => this.#fault(`exception: ${error.error().stack ?? error.error().message}`));
    context.on('request', (request) => {
      this.requests.push(request);
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) this.#fault(`request to another origin: ${request.url()}`);
    });
    context.on('response', (response) => this.#exchanges.push(exchange(response)));
  }

  /** Lets errors pass that a test brings about itself, e.g. the browser's own line for an answer of 503. */
  allow(...patterns: RegExp[]) {
    this.#allowed.push(...patterns);
  }

  /** Requests of this method whose path is matched. */
  sent(method: string, path: RegExp): Request[] {
    return this.requests.filter((request) => request.method() === method && path.test(new URL(request.url()).pathname));
  }

  /** All that went over the network and was answered. */
  async exchanges(): Promise<Exchange[]> {
    return (await Promise.all(this.#exchanges)).filter((one) => one !== undefined);
  }

  #said(message: ConsoleMessage) {
    const text = `${message.type()}: ${message.text()} (${message.location().url})`;
    this.console.push(text);
    if (message.type() === 'error') this.#fault(text);
  }

  #fault(text: string) {
    if (!this.#allowed.some((pattern) => pattern.test(text))) this.faults.push(text);
  }
}

async function exchange(response: Response): Promise<Exchange | undefined> {
  const request = response.request();
  try {
    return {
      method: request.method(),
      url: request.url(),
      requestHeaders: await request.allHeaders(),
      requestBody: request.postData(),
      status: response.status(),
      responseHeaders: await response.allHeaders(),
      // A redirect has none.
      responseBody: response.status() >= 300 && response.status() < 400 ? '' : (await response.body()).toString('utf8'),
    };
  } catch {
    // The page was left before the answer was all there: it has none of it either.
    return undefined;
  }
}
