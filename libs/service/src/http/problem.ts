/** One fault in what was sent; the pointer is a JSON pointer (RFC 6901) into the body, or names a parameter. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** An answer that says what went wrong (RFC 9457); `code` ends the problem's type. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly Fault[] | undefined;
  /** Further response headers, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  // Without parameter properties: threads load this file as it is.
  constructor(status: number, code: string, detail: string, errors?: readonly Fault[], headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.headers = headers;
  }
}

/** `application/problem+json` of a problem. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly traceId?: string;
  readonly errors?: readonly Fault[];
}
