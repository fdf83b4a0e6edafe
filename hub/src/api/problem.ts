import { words } from '../words';

/** A refusal in the API's own words, as RFC 9457 has it. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** Stable; what code branches on. `about:blank` where the gateway answered instead of the API. */
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly status: number,
    /** Finds the cause in the log. */
    readonly requestId: string | undefined,
  ) {
    super(detail);
  }

  /** Whether the type is this one, without the prefix that all of them share. */
  is(kind: string): boolean {
    return this.type === `urn:problem-type:hubkeys:${kind}`;
  }

  /** Whether it is unknown if the request was carried out, so that sending it again is the way to find out. */
  get undecided(): boolean {
    return this.status >= 500;
  }

  static from(response: Response, body: unknown): Problem {
    const said: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
    const text = (field: string) => (typeof said[field] === 'string' ? said[field] : undefined);
    return new Problem(
      text('type') ?? 'about:blank',
      text('title') ?? text('message') ?? words.problem.status(response.status),
      text('detail') ?? words.problem.noDetail(response.status),
      response.status,
      text('request_id') ?? response.headers.get('x-request-id') ?? response.headers.get('apigw-requestid') ?? undefined,
    );
  }
}

/** No answer, or none that could be read. Of a command it is not known whether it was carried out. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Whether an error only says that nobody wants the answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The API's details are parts of a sentence, as log lines are. A page shows whole ones. */
export function sentence(detail: string): string {
  // A name of a field stays as it is.
  const begun = detail.replace(/^\p{Ll}(?=[\p{L}’']*[\s,:.])/u, (letter) => letter.toUpperCase());
  return /[\p{L}\p{N})”"'’]$/u.test(begun) ? `${begun}.` : begun;
}

/** What a person is shown of any error. */
export interface Said {
  title: string;
  detail: string;
  requestId?: string | undefined;
}

export function said(error: unknown): Said {
  if (error instanceof Problem) return { title: error.title, detail: sentence(error.detail), requestId: error.requestId };
  if (error instanceof Unreachable) return { title: words.problem.unreachable, detail: words.problem.unreachableDetail };
  return { title: words.problem.page, detail: error instanceof Error ? error.message : String(error) };
}
