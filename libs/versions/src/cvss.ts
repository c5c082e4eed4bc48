import calculator from 'ae-cvss-calculator';
import { cvss2Scores } from './cvss2.ts';

export type CvssSeverity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** Scores of a CVSS vector, 0 to 10. */
export interface CvssScore {
  readonly version: '2.0' | '3.0' | '3.1' | '4.0';
  readonly base: number;
  /** Of CVSS 2 and 3: with what is known about attacks and fixes; absent when a CVSS 2 vector says nothing of it. */
  readonly temporal?: number;
  /** Of CVSS 2 and 3: with what holds in one environment; absent when a CVSS 2 vector says nothing of it. */
  readonly environmental?: number;
  /** The score with everything that the vector says (temporal, threat, environmental). */
  readonly overall: number;
  /** Rating of the base score. */
  readonly severity: CvssSeverity;
}

interface Scores {
  readonly base?: number;
  readonly baseMetricsOnly?: number;
  readonly temporal?: number;
  readonly environmental?: number;
  readonly overall: number;
}

const longestVector = 512;

/** Scores a CVSS 2.0, 3.x or 4.0 vector; undefined when it is none or lacks a base metric. */
export function cvssScore(vector: string): CvssScore | undefined {
  const version = versionOf(vector);
  const scores = version && calculators[version](vector);
  const base = scores?.baseMetricsOnly ?? scores?.base;
  if (!version || !scores || base === undefined || !Number.isFinite(base)) return undefined;
  const { temporal, environmental, overall } = scores;
  return {
    version,
    base,
    ...(temporal !== undefined && { temporal }),
    ...(environmental !== undefined && { environmental }),
    overall,
    severity: severityOf(base),
  };
}

/** The qualitative rating of a score (CVSS 3.1 section 5, 4.0 section 6); a score of 0 is `info`. */
export function severityOf(score: number): CvssSeverity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

function versionOf(vector: string): CvssScore['version'] | undefined {
  if (vector.length > longestVector) return undefined;
  const prefix = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(vector);
  if (prefix) return prefix[1] as '3.0' | '3.1' | '4.0';
  return /^\(?AV:[LAN]\/AC:[HML]\/Au:[MSN]\//.test(vector) ? '2.0' : undefined;
}

const calculators = { '2.0': cvss2, '3.0': cvss3, '3.1': cvss3, '4.0': calculate } as const;

/** What a vector says nothing of has a value, and the environmental formula is another one than that of the base score. */
function cvss3(vector: string): Scores | undefined {
  const scores = calculate(vector);
  if (scores?.base === undefined) return scores;
  const medium = scores.environmental ?? calculate(`${vector.replaceAll(/\/[A-Z]+:X(?=\/|$)/g, '')}/CR:M`)?.environmental;
  return { ...scores, temporal: scores.temporal ?? scores.base, ...(medium !== undefined && { environmental: medium }) };
}

/** The library rounds some temporal scores down. */
function cvss2(vector: string): Scores | undefined {
  const scores = cvss2Scores(vector);
  return scores && { ...scores, overall: scores.environmental ?? scores.temporal ?? scores.base };
}

function calculate(vector: string): Scores | undefined {
  try {
    const parsed = calculator.fromVector(vector.replace(/^\((.*)\)$/, '$1')) as { calculateScores(): Scores } | null;
    return parsed?.calculateScores();
  } catch {
    return undefined;
  }
}
