import type { SbomSummary } from '@throughline/contracts';

/** For each SBOM the one before it of the same thing, of the same origin, in a list with the latest first. */
export function formerOf(sboms: readonly SbomSummary[]): ReadonlyMap<string, SbomSummary> {
  const later = new Map<string, SbomSummary>();
  const former = new Map<string, SbomSummary>();
  for (const sbom of sboms) {
    const thing = [sbom.repository ?? '', sbom.image ?? sbom.artifact ?? '', sbom.ref ?? '', sbom.generatedBy === undefined].join('\n');
    const next = later.get(thing);
    if (next) former.set(next.id, sbom);
    later.set(thing, sbom);
  }
  return former;
}
