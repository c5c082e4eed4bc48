import { readJson, objectAt, writeText, type JsonNode } from '../../editing/json-text.ts';
import { rewriteJson, valueOf } from '../../editing/json-rewrite.ts';
import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import type { RaisedWish } from '../../locks/raising.ts';
import { sameName } from '../../locks/raising.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { admits, raisedRange, wishOf } from './range.ts';
import { objectOf } from '../../editing/unknown.ts';

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Raises what a package.json asks for; the same text when it does not ask for the package. */
export function raisePackageJson(path: string, text: string, change: VersionChange): string {
  const edits = wishesIn(readJson(text), change.name).flatMap(({ node, prefix, range }): readonly TextEdit[] => {
    // Another version of the package, beside the one that is raised.
    if (!change.from.some((version) => admits(range, version))) return [];
    const raised = raisedRange(range, change);
    if (raised === undefined) throw new FixRefused(`${path} asks for ${change.name} ${range}, which is not rewritten by machine`);
    return raised === range ? [] : [writeText(node, `${prefix}${raised}`)];
  });
  return applyEdits(text, edits);
}

/** Repeats in a package.json what the lock file says it asks for now. */
export function applyWishes(text: string, wishes: readonly RaisedWish[]): string {
  const root = readJson(text);
  const edits = wishes.flatMap((wish) =>
    wishesIn(root, wish.name)
      .filter(({ as, range }) => as === wish.as && range === wish.from)
      .map(({ node, prefix }) => writeText(node, `${prefix}${wish.to}`)),
  );
  return applyEdits(text, edits);
}

/** Files in which a project can override, as texts. */
export interface Settings {
  readonly manifest: string;
  /** pnpm-workspace.yaml; undefined when there is none. */
  readonly workspace: string | undefined;
}

/** Sets a value below some keys, making the objects above it. */
export function setIn(text: string, path: readonly string[], value: string): string {
  const root = readJson(text);
  const before = objectOf(valueOf(root));
  return applyEdits(text, rewriteJson(text, root, withValue(before, path, value)));
}

function withValue(
  at: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: string,
): Readonly<Record<string, unknown>> {
  return { ...at, [key!]: rest.length === 0 ? value : withValue(objectOf(at[key!]), rest, value) };
}

interface FoundWish {
  readonly as: string;
  readonly node: JsonNode;
  readonly prefix: string;
  readonly range: string;
}

function wishesIn(root: JsonNode, name: string): readonly FoundWish[] {
  return dependencyFields.flatMap((field) =>
    (objectAt(root, field)?.members ?? []).flatMap(({ key, value }): FoundWish[] => {
      if (value.kind !== 'scalar' || typeof value.value !== 'string') return [];
      const wish = wishOf(key, value.value);
      if (!sameName(wish.name, name) || wish.range === undefined) return [];
      return [{ as: key, node: value, prefix: wish.prefix, range: wish.range }];
    }),
  );
}
