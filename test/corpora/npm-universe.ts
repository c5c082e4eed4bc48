import { keyOf, worldOf, type FetchedDocument, type World } from '../../apps/remediation/src/world/world.ts';

/** A world in which a registry has the packages of a recorded universe: name, versions and needs by indentation. */
export function universe(yaml: string, registry: string, checksum: (name: string, version: string) => string): World {
  const packages = new Map<
    string,
    Record<string, { readonly dependencies: Record<string, string>; readonly optionalDependencies: Record<string, string> }>
  >();
  let name = '';
  let version = '';
  for (const line of yaml.split('\n').slice(2)) {
    const depth = /^ */.exec(line)![0].length;
    const word = line.trim();
    if (word === '') continue;
    if (depth === 2) packages.set((name = word), {});
    else if (depth === 4) packages.get(name)![(version = word)] = { dependencies: {}, optionalDependencies: {} };
    else if (!word.startsWith('Dev|')) {
      const at = word.lastIndexOf('@');
      const field = word.startsWith('Opt|') ? 'optionalDependencies' : 'dependencies';
      packages.get(name)![version]![field][word.slice(0, at).replace('Opt|', '')] = word.slice(at + 1) || '*';
    }
  }
  const documents = new Map<string, FetchedDocument>();
  for (const [one, versions] of packages) {
    const manifests = Object.entries(versions).map(([at, needs]) => [
      at,
      { name: one, version: at, ...needs, dist: { tarball: `${registry}/${one}/-/${one}-${at}.tgz`, integrity: checksum(one, at) } },
    ]);
    documents.set(keyOf({ kind: 'npm', at: registry, name: one }), { text: JSON.stringify({ versions: Object.fromEntries(manifests) }) });
  }
  const known = worldOf(documents, new Date(), 3);
  return { ...known, document: (wanted) => (documents.has(keyOf(wanted)) ? known.document(wanted) : { absent: true }) };
}
