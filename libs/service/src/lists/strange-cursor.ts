import { Problem } from '../http/problem.ts';

/** For a cursor that no list answered. */
export function strangeCursor(): Problem {
  const errors = [{ pointer: '/cursor', detail: 'start again without it' }];
  return new Problem(400, 'invalid', 'the cursor is not one that a list answered', errors);
}
