import type { NewWork } from '@throughline/messaging';
import type { FixRow } from './fix-rows.ts';

/** Of one repository one thing after the other. */
type OfFix = Pick<FixRow, 'id' | 'repository'>;

/** What the work on a fix is told. */
export interface FixWork {
  readonly fix: string;
  /** Name of the person who asked for it. */
  readonly by?: string;
}

export const kinds = { push: 'push fix', undo: 'undo fix', tell: 'tell fix', late: 'fix not scanned' } as const;

/** A branch that was not scanned after so long is not waited for. */
const scanMs = 60 * 60_000;

export function pushWork({ id, repository }: OfFix): NewWork {
  return { kind: kinds.push, key: repository, payload: { fix: id } satisfies FixWork, priority: 'interactive' };
}

export function undoWork({ id, repository }: OfFix, by: string): NewWork {
  return { kind: kinds.undo, key: repository, payload: { fix: id, by } satisfies FixWork, priority: 'interactive', dedupe: id };
}

export function tellWork({ id, repository }: OfFix): NewWork {
  return { kind: kinds.tell, key: repository, payload: { fix: id } satisfies FixWork };
}

export function lateWork({ id }: OfFix): NewWork {
  return { kind: kinds.late, payload: { fix: id } satisfies FixWork, runAfter: new Date(Date.now() + scanMs) };
}
