/** One place in a document that is wrong: a JSON pointer (RFC 6901) and what to do about it. */
export interface Flaw {
  readonly pointer: string;
  readonly detail: string;
}

/** A policy that cannot be published, with every flaw that was found. */
export class PolicyRefused extends Error {
  readonly code = 'policy_refused';
  readonly errors: readonly Flaw[];

  constructor(errors: readonly Flaw[]) {
    super(errors.map(({ pointer, detail }) => `${pointer || 'the document'}: ${detail}`).join('\n'));
    this.errors = errors;
  }
}
