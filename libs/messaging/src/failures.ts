import { FactRefused } from '@throughline/contracts';

/** Thrown by a handler or a work function for what no repetition can mend: held or dead at once. */
export class PermanentFailure extends Error {
  readonly code: string = 'permanent_failure';
}

/** Thrown by a work function for work that cannot be done yet, which is no failure of it: the row is left alone for a while. */
export class WorkPostponed extends Error {
  readonly code = 'work_postponed';

  /** @param waitsFor what it waits for, by a name: `WorkQueue.release` lets it go on before its time */
  constructor(
    why: string,
    readonly afterMs: number,
    readonly waitsFor?: string,
  ) {
    super(why);
  }
}

/** Thrown when a lease ran out or went to another worker: the result is dropped, the work is somebody else's now. */
export class LeaseLost extends Error {
  readonly code = 'lease_lost';

  constructor(kind: string, id: string, attempt: number) {
    super(`the lease of ${kind} ${id}, attempt ${attempt}, is over: its result is dropped`);
  }
}

/** True for what would fail in the same way for ever. */
export function isPermanent(error: unknown): boolean {
  return error instanceof PermanentFailure || error instanceof FactRefused;
}

/** What is kept about a failure beside a row: the message without stack, at most 1,000 characters, no NUL. */
export function describeFailure(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll('\0', '�').slice(0, 1000);
}

/** Milliseconds before attempt `attempt + 1`: doubled from `first` up to `most`, with half of it left to chance. */
export function backOff(attempt: number, first: number, most: number): number {
  const full = Math.min(most, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (Math.random() * full) / 2);
}
