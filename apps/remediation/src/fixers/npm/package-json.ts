import { objectAt, readJson, writeText, type JsonNode } from '../../editing/json-text.ts';
import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../fixer.ts';
import { admits, raisedRange, sameName, wishOf } from './range.ts';

export const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Raises what a package.json asks for; the same text when it does not ask for the package. */
export function raisePackageJson(path: string, text: string, change: VersionChange): string {
  return applyEdits(text, raiseRanges(path, readJson(text), change, dependencyFields));
}

/** Edits for all requirements of an object on the package. Throws when a range stands against the fixed version. */
export function raiseRanges(path: string, owner: JsonNode, change: VersionChange, fields: readonly string[]): readonly TextEdit[] {
  return fields.flatMap((field) =>
    (objectAt(owner, field)?.members ?? []).flatMap(({ key, value }) => {
      if (value.kind !== 'scalar' || typeof value.value !== 'string') return [];
      const wish = wishOf(key, value.value);
      if (!sameName(wish.name, change.name) || wish.range === undefined) return [];
      const raised = raisedRange(wish.range, change);
      if (raised === undefined) throw new FixRefused(`${path} asks for ${change.name} ${wish.range}, which is not rewritten by machine`);
      return raised === wish.range ? [] : [writeText(value, `${wish.prefix}${raised}`)];
    }),
  );
}

/** Throws when a package from the registry asks for a range without the fixed version. */
export function refuseOpposed(dependent: string, owner: JsonNode, change: VersionChange, fields: readonly string[]): void {
  for (const field of fields) {
    for (const { key, value } of objectAt(owner, field)?.members ?? []) {
      if (value.kind !== 'scalar' || typeof value.value !== 'string') continue;
      const wish = wishOf(key, value.value);
      if (!sameName(wish.name, change.name) || wish.range === undefined || admits(wish.range, change.to)) continue;
      throw new FixRefused(`${dependent} asks for ${change.name} ${wish.range}: raise ${dependent} first`);
    }
  }
}

/** Whether the object asks for the package at all. */
export function asksFor(owner: JsonNode, name: string, fields: readonly string[]): boolean {
  return fields.some((field) =>
    (objectAt(owner, field)?.members ?? []).some(
      ({ key, value }) => value.kind === 'scalar' && typeof value.value === 'string' && sameName(wishOf(key, value.value).name, name),
    ),
  );
}
