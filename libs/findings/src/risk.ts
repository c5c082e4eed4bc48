import type { FindingClass, Priority, Severity } from '@throughline/contracts';

/** What is known about a finding that its risk depends on; what is left out is unknown and never lowers the risk. */
export interface RiskFacts {
  readonly class: FindingClass;
  readonly severity: Severity;
  readonly cvss?: number;
  readonly epss?: number;
  readonly knownExploited?: boolean;
  readonly publicExploit?: boolean;
  readonly attackedHere?: boolean;
  readonly deployment?: 'none' | 'registry' | 'deployed' | 'internet';
  readonly reachable?: boolean;
  readonly tier?: 'tier-1' | 'tier-2' | 'tier-3';
}

export interface RiskFactor {
  /** 0 to 1. */
  readonly value: number;
  readonly because: string;
}

/** `score = 100 × base × likelihood × exposure × impact`, rounded to one decimal. */
export interface Risk {
  readonly score: number;
  readonly priority: Priority;
  readonly factors: {
    readonly base: RiskFactor;
    readonly likelihood: RiskFactor;
    readonly exposure: RiskFactor;
    readonly impact: RiskFactor;
  };
}

const severityBase: Readonly<Record<Severity, number>> = { critical: 0.95, high: 0.8, medium: 0.55, low: 0.25, info: 0.05 };
const priorityFrom: readonly (readonly [Priority, number])[] = [
  ['P1', 40],
  ['P2', 15],
  ['P3', 6],
  ['P4', 0],
];
const deployments = {
  none: [0.3, 'not deployed'],
  registry: [0.4, 'in a registry, not deployed'],
  deployed: [0.7, 'deployed'],
  internet: [1, 'reachable from the internet'],
} as const;
const tiers = { 'tier-1': 1, 'tier-2': 0.8, 'tier-3': 0.5 } as const;

/** The published risk of a finding, with every factor and why it has its value. */
export function riskOf(facts: RiskFacts): Risk {
  const factors = { base: baseOf(facts), likelihood: likelihoodOf(facts), exposure: exposureOf(facts), impact: impactOf(facts) };
  const product = factors.base.value * factors.likelihood.value * factors.exposure.value * factors.impact.value;
  const score = Math.round(product * 1000) / 10;
  const [priority] = priorityFrom.find(([, from]) => score >= from)!;
  return { score, priority, factors };
}

function baseOf({ cvss, severity }: RiskFacts): RiskFactor {
  if (cvss !== undefined) return { value: cvss / 10, because: `CVSS ${cvss}` };
  return { value: severityBase[severity], because: `severity ${severity}` };
}

function likelihoodOf(facts: RiskFacts): RiskFactor {
  if (facts.attackedHere) return { value: 1, because: 'attacked here' };
  const known = likelihoodOfClass(facts);
  if (facts.knownExploited && known.value < 0.9) return { value: 0.9, because: 'known to be exploited (KEV)' };
  if (facts.publicExploit && known.value < 0.5) return { value: 0.5, because: 'an exploit is public' };
  return known;
}

/** EPSS speaks about CVEs only; the other classes have a likelihood of their own. */
function likelihoodOfClass({ class: kind, epss }: RiskFacts): RiskFactor {
  if (epss !== undefined) return { value: Math.max(epss, 0.05), because: `EPSS ${epss}` };
  if (kind === 'secret') return { value: 0.9, because: 'a leaked secret needs no exploit' };
  if (kind === 'vulnerability') return { value: 0.5, because: 'EPSS unknown: not lowered' };
  return { value: 0.3, because: `usual for ${kind}` };
}

function exposureOf({ deployment, reachable }: RiskFacts): RiskFactor {
  const [value, because] = deployment === undefined ? [0.7, 'deployment unknown: counted as deployed'] : deployments[deployment];
  return reachable === false ? { value: value * 0.4, because: `${because}; code not reachable` } : { value, because };
}

function impactOf({ tier }: RiskFacts): RiskFactor {
  return tier === undefined ? { value: 1, because: 'tier unknown: not lowered' } : { value: tiers[tier], because: tier };
}
