import type { FindingClass } from '@throughline/contracts';

/** Spelled out: readers run in a box that sees no contracts, and a class that is missing here does not compile. */
const all: Readonly<Record<FindingClass, true>> = { vulnerability: true, code: true, secret: true, configuration: true, licence: true };

/** Classes of finding, in the order of the contracts. */
export const findingClasses = Object.keys(all) as readonly FindingClass[];
