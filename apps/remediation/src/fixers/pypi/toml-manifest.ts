import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { raisedConstraint } from './constraint.ts';
import { normalName } from './names.ts';

/** Tables of pyproject.toml and Pipfile whose keys are packages. */
const tables = /^\[(?:tool\.poetry\.(?:group\.[\w-]+\.)?(?:dev-)?dependencies|packages|dev-packages)\]\s*$/;
const entry = /^("?)([A-Za-z0-9][\w.-]*)\1(\s*=\s*(?:\{[^}\n]*?version\s*=\s*)?")([^"\n]*)"/;
const listed = /"([A-Za-z0-9][\w.-]*)((?:\[[^\]"]*\])?\s*)([=<>!~][^";]*?)(\s*(?:;[^"]*)?)"/g;

/** Raises what pyproject.toml (Poetry, PEP 621) or a Pipfile asks for; the same text when it does not ask for the package. */
export function raiseTomlManifest(path: string, text: string, change: VersionChange): string {
  const edits: TextEdit[] = [];
  let table = '';
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) table = line.trim();
    else if (tables.test(table)) edits.push(...tableEdit(path, line, at, change));
    else if (/^\[(?:project|project\.optional-dependencies|dependency-groups)\]$/.test(table))
      edits.push(...listEdits(path, line, at, change));
    at += line.length + 1;
  }
  return applyEdits(text, edits);
}

function tableEdit(path: string, line: string, at: number, change: VersionChange): readonly TextEdit[] {
  const match = entry.exec(line);
  if (!match || normalName(match[2]!) !== normalName(change.name)) return [];
  const start = at + match[1]!.length * 2 + match[2]!.length + match[3]!.length;
  return constraintEdit(path, match[4]!, start, change);
}

/** Requirements as strings of an array (PEP 508). */
function listEdits(path: string, line: string, at: number, change: VersionChange): readonly TextEdit[] {
  return [...line.matchAll(listed)].flatMap((match) => {
    if (normalName(match[1]!) !== normalName(change.name)) return [];
    return constraintEdit(path, match[3]!, at + match.index + 1 + match[1]!.length + match[2]!.length, change);
  });
}

function constraintEdit(path: string, constraint: string, start: number, change: VersionChange): readonly TextEdit[] {
  const raised = raisedConstraint(constraint, change);
  if (raised === undefined) throw new FixRefused(`${path} asks for ${change.name} ${constraint}, which is not rewritten by machine`);
  return raised === constraint ? [] : [{ start, end: start + constraint.length, text: raised }];
}
