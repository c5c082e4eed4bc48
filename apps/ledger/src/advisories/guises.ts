import { isOfSystem, parsePurl, systemPackageOf, type SystemPackage } from '@throughline/versions';
import type { PackageVersion } from '../inventory/components.ts';

/** A package of an operating system as an advisory may name it: by its source or by its own name, in one of its releases. */
export interface Guise extends PackageVersion {
  /** False when nobody knows the release, and so whether the advisory is about it. */
  readonly certain: boolean;
}

/** In the ecosystems that are those of its system and release. */
export function guisesOf(version: PackageVersion, ecosystems: readonly string[]): readonly Guise[] {
  const system = systemOf(version);
  if (!system) return [];
  return ecosystems.flatMap((ecosystem) => {
    const isOf = isOfSystem(ecosystem, system);
    if (isOf === false) return [];
    return system.names.map(({ name, version: own = version.version }) => ({
      ...{ id: version.id, ecosystem, name, version: own, certain: isOf === true },
    }));
  });
}

/** Names under which advisories know it; none for what is no package of an operating system. */
export function systemNamesOf(version: PackageVersion): readonly string[] {
  return systemOf(version)?.names.map(({ name }) => name) ?? [];
}

/** Whether data of an ecosystem, as its publisher names it (`Ubuntu:22.04:LTS`), speak about one of ours. */
export function isDataOf(told: string, ecosystem: string): boolean {
  const [system = '', ...release] = ecosystem.split(':');
  if (told === ecosystem || release.length === 0) return told === ecosystem;
  return isOfSystem(told, { system, release: release.join(':') }) === true;
}

function systemOf({ purl }: PackageVersion): SystemPackage | undefined {
  const parsed = purl?.startsWith('pkg:') === true ? parsePurl(purl) : undefined;
  return parsed && systemPackageOf(parsed);
}
