import { Problem } from './problem.ts';

/** The entity tag of a version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** A change of a whole document names the version that it changes; a new document names none. */
export function requireMatch(what: string, current: number | undefined, ifMatch: string | undefined): void {
  if (current === undefined) {
    if (ifMatch !== undefined && ifMatch !== '*') throw new Problem(412, 'changed_meanwhile', `${what} does not exist (any more)`);
    return;
  }
  if (ifMatch === undefined) {
    throw new Problem(
      428,
      'precondition_required',
      `${what} exists: send If-Match with the entity tag that you read (now ${entityTag(current)})`,
    );
  }
  if (ifMatch !== '*' && ifMatch.replace(/^W\//, '') !== entityTag(current)) {
    throw new Problem(412, 'changed_meanwhile', `${what} is at version ${current} by now: read it again and repeat your change`);
  }
}
