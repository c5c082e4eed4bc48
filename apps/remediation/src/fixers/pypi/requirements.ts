import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { raisedConstraint } from './constraint.ts';
import { normalName } from './names.ts';

const requirement =
  /^([ \t]*)([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)([ \t]*(?:\[[^\]\n]*\])?[ \t]*)(\(?[ \t]*[=<>!~][^;#\n\\]*?)?(?=[ \t]*(?:;|#|\\|--|$))/;
export const hashPattern = /(?:[ \t]*\\\n)?[ \t]*--hash[= \t][^\s\\]+/g;

/** Raises a package in a requirements file. Hashes belong to the old archives and are taken out with the lines they stood on. */
export function raiseRequirements(path: string, text: string, change: VersionChange): string {
  const edits: TextEdit[] = [];
  for (const { start, body } of logicalLines(text)) {
    const match = requirement.exec(body);
    if (!match || normalName(match[2]!) !== normalName(change.name)) continue;
    edits.push(...lineEdits(path, start, body, match, change));
  }
  return applyEdits(text, edits);
}

function lineEdits(path: string, start: number, body: string, match: RegExpExecArray, change: VersionChange): readonly TextEdit[] {
  const constraint = match[4];
  if (constraint === undefined) return [];
  const raised = raisedConstraint(constraint, change);
  if (raised === undefined) throw new FixRefused(`${path} asks for ${change.name} ${constraint.trim()}, which is not rewritten by machine`);
  if (raised === constraint) return [];
  const at = start + match[1]!.length + match[2]!.length + match[3]!.length;
  const hashes = [...body.matchAll(hashPattern)].map((found) => ({
    start: start + found.index,
    end: start + found.index + found[0].length,
    text: '',
  }));
  return [{ start: at, end: at + constraint.length, text: raised }, ...hashes];
}

export interface LogicalLine {
  readonly start: number;
  readonly body: string;
}

/** Lines joined by a backslash at their end count as one; comments and options are left out. */
export function logicalLines(text: string): readonly LogicalLine[] {
  const pattern = /(?:[^\n\\]|\\(?:\r?\n|.|$))*(?:\n|$)/gs;
  return [...text.matchAll(pattern)]
    .map((match) => ({ start: match.index, body: match[0].replace(/\r?\n$/, '') }))
    .filter(({ body }) => !/^\s*(?:#|-|$)/.test(body));
}
