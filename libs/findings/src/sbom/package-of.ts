import { canonicalName, formatPurl, packageOf, parsePurl, systemPackageOf } from '@throughline/versions';

/** A component by the names under which advisories know it. */
export interface Named {
  readonly purl: string;
  readonly ecosystem: string;
  readonly name: string;
  /** Empty where nobody says it. */
  readonly version: string;
}

/**
 * What a package URL names; without one, or with one of no ecosystem that we know, the component is listed and compared with
 * nothing. The version of the URL goes before that of the entry: advisories are compared with what it says.
 */
export function namedBy(purl: string | undefined, group: string | undefined, name: string, version: string | undefined): Named {
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  if (!parsed) return generic(group === undefined ? name : `${group}/${name}`, version ?? '');
  const stated = parsed.version ?? version ?? '';
  const spelled = formatPurl(stated === '' ? parsed : { ...parsed, version: stated });
  const known = packageOf(parsed);
  const full = parsed.namespace === undefined ? parsed.name : `${parsed.namespace}/${parsed.name}`;
  const system = systemPackageOf(parsed);
  // The same version in two releases has its own fixes in each.
  const ecosystem = known?.ecosystem ?? (system && [system.system, system.release].filter(Boolean).join(':')) ?? parsed.type;
  return {
    purl: spelled ?? generic(full, stated).purl,
    ecosystem,
    name: (known?.name ?? (system ? parsed.name : canonicalName(ecosystem, full))).slice(0, 300),
    version: stated.slice(0, 200),
  };
}

function generic(name: string, version: string): Named {
  const path = encodeURIComponent(name.slice(0, 150));
  const bounded = version.slice(0, 100);
  return {
    purl: `pkg:generic/${path}${bounded === '' ? '' : `@${encodeURIComponent(bounded)}`}`,
    ecosystem: 'generic',
    name: name.slice(0, 300),
    version: version.slice(0, 200),
  };
}
