import type { FindingClass, Severity } from '@throughline/contracts';

export const tiers = ['tier-1', 'tier-2', 'tier-3'] as const;
export type Tier = (typeof tiers)[number];

export const exposures = ['internet', 'internal', 'unknown'] as const;
export type Exposure = (typeof exposures)[number];

/** What an application says about itself; the most exposed answer is assumed where it says nothing. */
export interface Stance {
  readonly application: string;
  readonly tier: Tier;
  readonly exposure: Exposure;
  readonly dataClass: string;
  /** Whether others than the organisation get it or use it over a network; assumed where it is not said. */
  readonly distribute?: boolean;
}

/** How much risk an application takes: the thresholds that policies compare with. */
export interface Tolerance extends Stance {
  /** As decisions name it, e.g. `tier-1 internet`. */
  readonly name: string;
  /** Finding classes that must have been looked for; without a completed run of each there is no verdict. */
  readonly requires: readonly FindingClass[];
  /** Lowest severity from which findings count where a policy leaves that to the application. */
  readonly blocksFrom: Severity;
  /** SPDX licence ids that must not come in. */
  readonly deniedLicences: readonly string[];
  /** Days until a finding of the severity must be fixed. */
  readonly deadlines: Readonly<Record<'critical' | 'high' | 'medium' | 'low', number>>;
}

type Thresholds = Pick<Tolerance, 'requires' | 'blocksFrom' | 'deniedLicences' | 'deadlines'>;

const all: readonly FindingClass[] = ['code', 'configuration', 'secret', 'vulnerability'];
const networkCopyleft = ['AGPL-1.0-only', 'AGPL-1.0-or-later', 'AGPL-3.0', 'AGPL-3.0-only', 'AGPL-3.0-or-later', 'SSPL-1.0'];

/** Defaults of the tiers: what an application gets that states nothing else. */
export const tierDefaults: Readonly<Record<Tier, Thresholds>> = {
  'tier-1': {
    requires: all,
    blocksFrom: 'high',
    deniedLicences: networkCopyleft,
    deadlines: { critical: 2, high: 7, medium: 30, low: 90 },
  },
  'tier-2': {
    requires: all,
    blocksFrom: 'high',
    deniedLicences: networkCopyleft,
    deadlines: { critical: 7, high: 30, medium: 90, low: 180 },
  },
  'tier-3': {
    requires: ['secret', 'vulnerability'],
    blocksFrom: 'critical',
    deniedLicences: networkCopyleft,
    deadlines: { critical: 14, high: 60, medium: 180, low: 365 },
  },
};

/**
 * Days after which a finding must be fixed, counted from its first sighting: what is known to be exploited counts as
 * `critical`, `info` as `low`.
 */
export function daysToFix(deadlines: Tolerance['deadlines'], severity: Severity, knownExploited: boolean): number {
  if (knownExploited) return deadlines.critical;
  return deadlines[severity === 'info' ? 'low' : severity];
}

/** Stance of a repository that belongs to no application yet. */
export const unassigned: Stance = { application: 'unassigned', tier: 'tier-2', exposure: 'unknown', dataClass: 'unknown' };

/** The tolerance that follows from an application's stance. */
export function toleranceOf(stance: Stance): Tolerance {
  const { tier, exposure, distribute } = stance;
  const name = exposure === 'unknown' ? `${tier} of unknown exposure` : `${tier} ${exposure}`;
  // Its terms bind whoever hands a program on or offers it over a network: nobody does that here.
  const kept = distribute === false && exposure === 'internal' ? { deniedLicences: [] } : {};
  return { ...stance, name, ...tierDefaults[tier], ...kept };
}

/** What of a stance would tolerate more than before, as short texts; empty when nothing does. */
export function loosens(before: Stance, after: Stance): readonly string[] {
  const found: string[] = [];
  if (tiers.indexOf(after.tier) > tiers.indexOf(before.tier)) found.push(`tier ${before.tier} → ${after.tier}`);
  const reach = (stance: Stance): number => (stance.exposure === 'internal' ? 0 : 1);
  if (reach(after) < reach(before)) found.push(`exposure ${before.exposure} → ${after.exposure}`);
  const denies = (stance: Stance): boolean => toleranceOf(stance).deniedLicences.length > 0;
  if (denies(before) && !denies(after)) found.push('network copyleft denied → accepted');
  return found;
}

const longestWaiver: Readonly<Record<Tier, number>> = { 'tier-1': 90, 'tier-2': 180, 'tier-3': 365 };

/** Days after which an accepted risk has to be looked at again; what concerns more than one application, as the strictest does. */
export function longestWaiverDays(tier?: Tier): number {
  return longestWaiver[tier ?? 'tier-1'];
}
