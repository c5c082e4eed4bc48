/** Exit codes of every verb; scripts rely on them. What `waits` was asked for, and a second person has to approve it. */
export const exitCodes = { pass: 0, denied: 1, usage: 2, undecided: 3, notAllowed: 4, waits: 5 } as const;

const codeOf = {
  denied: exitCodes.denied,
  usage: exitCodes.usage,
  unreachable: exitCodes.undecided,
  not_allowed: exitCodes.notAllowed,
} as const;

/** Ends the program with a message on stderr and the exit code that belongs to the reason. */
export class Refused extends Error {
  constructor(
    readonly reason: keyof typeof codeOf,
    message: string,
  ) {
    super(message);
  }

  get exitCode(): number {
    return codeOf[this.reason];
  }
}
