import type { Deadlines } from '@throughline/contracts';
import { tierDefaults, type Tier, type Tolerance } from '@throughline/policy';

/** What the ledger keeps of an application's deadlines: days for critical, high, medium and low, in this order. */
export type KeptDeadlines = readonly (number | null)[];

export function keptDeadlines({ critical, high, medium, low }: Deadlines): KeptDeadlines {
  return [critical, high, medium, low].map((days) => days ?? null);
}

/** Those of the tier where the application says nothing; of what belongs to none, those of `tier-2`. */
export function deadlinesOf(tier: Tier | null | undefined, kept: KeptDeadlines | null | undefined): Tolerance['deadlines'] {
  const usual = tierDefaults[tier ?? 'tier-2'].deadlines;
  const [critical, high, medium, low] = kept ?? [];
  return {
    critical: critical ?? usual.critical,
    high: high ?? usual.high,
    medium: medium ?? usual.medium,
    low: low ?? usual.low,
  };
}
