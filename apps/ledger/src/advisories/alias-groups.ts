/** An advisory with all names it goes by. */
export interface Named {
  readonly id: string;
  readonly names: readonly string[];
}

/** Advisories about one vulnerability: at most one CVE. */
export interface AliasGroup {
  readonly cve?: string;
  readonly members: readonly string[];
}

const cve = /^CVE-\d{4}-\d{4,19}$/;

/**
 * Sorts advisories into groups, in the same way whatever order they became known in. A record that names several CVEs is
 * a bundle: it belongs to each of them and joins nothing. So does one without a CVE whose aliases lead to several.
 */
export function aliasGroups(advisories: readonly Named[]): readonly AliasGroup[] {
  const groups = new Map<string, Set<string>>();
  const cvesOfName = new Map<string, Set<string>>();
  const nameless: Named[] = [];
  for (const advisory of advisories) {
    const cves = advisory.names.filter((name) => cve.test(name));
    for (const name of cves) add(groups, name, advisory.id);
    if (cves.length === 1) for (const name of advisory.names) add(cvesOfName, name, cves[0]!);
    if (cves.length === 0) nameless.push(advisory);
  }
  const rest: AliasGroup[] = [];
  for (const cluster of clusters(nameless)) rest.push(...placeCluster(cluster, cvesOfName, groups));
  return [...[...groups].map(([name, members]) => ({ cve: name, members: [...members] })), ...rest];
}

/** A cluster that leads to one CVE joins it; one that leads to several is taken apart; one that leads to none stays. */
function placeCluster(
  cluster: readonly Named[],
  cvesOfName: ReadonlyMap<string, ReadonlySet<string>>,
  groups: Map<string, Set<string>>,
): readonly AliasGroup[] {
  const reached = (advisory: Named): readonly string[] => advisory.names.flatMap((name) => [...(cvesOfName.get(name) ?? [])]);
  const all = new Set(cluster.flatMap(reached));
  if (all.size === 0) return [{ members: cluster.map(({ id }) => id) }];
  const lost: AliasGroup[] = [];
  for (const advisory of cluster) {
    const own = all.size === 1 ? [...all] : reached(advisory);
    for (const name of own) add(groups, name, advisory.id);
    if (own.length === 0) lost.push({ members: [advisory.id] });
  }
  return lost;
}

/** Connected by any common name. */
function clusters(advisories: readonly Named[]): readonly (readonly Named[])[] {
  const clusterOfName = new Map<string, Set<Named>>();
  for (const advisory of advisories) {
    const joined = new Set<Named>([advisory]);
    for (const name of advisory.names) for (const other of clusterOfName.get(name) ?? []) joined.add(other);
    for (const member of joined) for (const name of member.names) clusterOfName.set(name, joined);
  }
  return [...new Set(clusterOfName.values())].map((cluster) => [...cluster]);
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key) ?? new Set();
  map.set(key, values.add(value));
}
