import { present } from '../foreign.ts';
import type { Component } from '../finding.ts';
import type { Dependency, Draft, Part, Sbom } from './sbom.ts';

/**
 * One form for all documents that say the same: what is named twice is there once, and the order is that of the package
 * URLs. Two tools write two serial numbers and two times over the same set; the set is what counts.
 */
export function normalForm(draft: Draft): Sbom {
  const byKey = new Map<string, Part[]>();
  for (const part of draft.parts) {
    if (part.ref !== undefined && draft.roots.has(part.ref)) continue;
    const key = keyOf(part);
    const same = byKey.get(key);
    if (same) same.push(part);
    else byKey.set(key, [part]);
  }
  const keys = [...byKey.keys()].sort(inOrder);
  const places = new Map<string, number>();
  for (const [place, key] of keys.entries()) for (const { ref } of byKey.get(key)!) if (ref !== undefined) places.set(ref, place);
  const dependencies = dependenciesOf(draft, places);
  const direct = new Set(dependencies.find(({ from }) => from === undefined)?.to);
  return {
    head: draft.head,
    components: keys.map((key, place) => ({ ...joined(byKey.get(key)!), direct: direct.has(place) })),
    dependencies,
  };
}

function dependenciesOf({ edges, roots }: Draft, places: ReadonlyMap<string, number>): readonly Dependency[] {
  const targets = new Map<number, Set<number>>();
  const root = -1;
  for (const [ref, refs] of edges) {
    const from = roots.has(ref) ? root : places.get(ref);
    if (from === undefined) continue;
    const to = targets.get(from) ?? new Set();
    for (const one of refs) {
      const place = places.get(one);
      if (place !== undefined && place !== from) to.add(place);
    }
    if (to.size > 0) targets.set(from, to);
  }
  return [...targets]
    .sort(([a], [b]) => a - b)
    .map(([from, to]) => ({ ...(from !== root && { from }), to: [...to].sort((a, b) => a - b) }));
}

/** What several entries say of one component: the first by its text where they differ, so that no order of entries counts. */
function joined(parts: readonly Part[]): Omit<Component, 'direct'> {
  const [first, ...others] = parts.map(({ component }) => component).sort((a, b) => inOrder(JSON.stringify(a), JSON.stringify(b)));
  if (others.length === 0) return first!;
  const hashes = [...new Set([first!, ...others].flatMap((one) => one.hashes ?? []))].sort(inOrder);
  return present({
    ...first!,
    licence: [first!, ...others].find(({ licence }) => licence !== undefined)?.licence,
    scope: [first!, ...others].some(({ scope }) => scope === 'runtime') ? 'runtime' : first!.scope,
    hashes: hashes.length > 0 ? hashes : undefined,
  });
}

function keyOf({ component: { purl, ecosystem, name, version, manifest } }: Part): string {
  return [purl, ecosystem, name, version, manifest].join('\n');
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
