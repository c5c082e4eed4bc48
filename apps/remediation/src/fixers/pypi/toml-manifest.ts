import { parse } from 'smol-toml';
import { applyEdits } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { objectOf, type Fields } from '../../editing/unknown.ts';
import { raisedConstraint } from './constraint.ts';
import { normalName } from './names.ts';
import { spotsIn } from './toml-spots.ts';

/** Raises what pyproject.toml (Poetry, PEP 621) or a Pipfile asks for; the same text when it does not ask for the package. */
export function raiseTomlManifest(path: string, text: string, change: VersionChange): string {
  const edits = spotsIn(text)
    .filter(({ name, range }) => range !== '' && normalName(name) === normalName(change.name))
    .map(({ range, start }) => {
      const raised = raisedConstraint(range, change);
      if (raised === undefined) throw new FixRefused(`${path} asks for ${change.name} ${range}, which is not rewritten by machine`);
      return { start, end: start + range.length, text: raised };
    });
  return applyEdits(text, edits);
}

/** A TOML document; integers stay apart from other numbers. Throws `FixRefused`. */
export function readToml(path: string, text: string): Fields {
  try {
    return objectOf(parse(text, { integersAsBigInt: true }));
  } catch {
    throw new FixRefused(`${path} is not TOML`);
  }
}
