import type { FindingClass, Gate, Result, Severity } from '@throughline/contracts';

/** All words of a closed list, in the order given; the compiler sees that none is missing. */
function words<W extends string>(each: Readonly<Record<W, true>>): readonly W[] {
  return Object.keys(each) as W[];
}

export const allGates = words<Gate>({ change: true, build: true, registry: true, deploy: true, runtime: true });
export const allResults = words<Result>({ pass: true, warn: true, deny: true, undecided: true });
/** The worst first. */
export const allSeverities = words<Severity>({ critical: true, high: true, medium: true, low: true, info: true });
export const allClasses = words<FindingClass>({ vulnerability: true, code: true, secret: true, configuration: true, licence: true });
