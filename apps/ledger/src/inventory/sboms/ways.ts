/** Who needs whom: the ids of those that need a component, by its id. */
export type NeededBy = ReadonlyMap<string, readonly string[]>;

/** Shortest ways, each from what needs the component first to the component itself. */
export interface Ways {
  readonly paths: readonly (readonly string[])[];
  readonly more: boolean;
}

/**
 * The shortest ways from the root to a component, at most `most` of them. It walks back from the component level by level, so
 * that each component is looked at once and a circle ends by itself.
 */
export function shortestWays(neededBy: NeededBy, root: string, target: string, most: number): Ways {
  const distance = new Map<string, number>([[target, 0]]);
  for (let level = [target]; level.length > 0 && !distance.has(root);) {
    const next: string[] = [];
    for (const id of level)
      for (const parent of neededBy.get(id) ?? []) {
        if (distance.has(parent)) continue;
        distance.set(parent, distance.get(id)! + 1);
        next.push(parent);
      }
    level = next;
  }
  if (!distance.has(root)) return { paths: [], more: false };
  return collect(neededBy, { root, target, length: distance.get(root)! }, distance, most);
}

/** Steps only to those that are nearer to the component: each step of a way is one of a shortest way, none leads nowhere. */
function collect(
  neededBy: NeededBy,
  { root, target, length }: { readonly root: string; readonly target: string; readonly length: number },
  distance: ReadonlyMap<string, number>,
  most: number,
): Ways {
  const needs = new Map<string, string[]>();
  for (const [child, parents] of neededBy)
    if (distance.has(child))
      for (const parent of parents)
        if (distance.get(parent) === distance.get(child)! + 1) needs.set(parent, [...(needs.get(parent) ?? []), child]);
  const paths: string[][] = [];
  const open: string[][] = [[root]];
  while (open.length > 0 && paths.length <= most) {
    const way = open.pop()!;
    const last = way.at(-1)!;
    if (last === target) paths.push(way.slice(1));
    else if (way.length <= length) for (const child of [...(needs.get(last) ?? [])].reverse()) open.push([...way, child]);
  }
  return { paths: paths.slice(0, most), more: paths.length > most };
}
