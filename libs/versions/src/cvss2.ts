/** Scores of a CVSS 2 vector; temporal and environmental ones where it says anything about them. */
export interface Cvss2Scores {
  readonly base: number;
  readonly temporal?: number;
  readonly environmental?: number;
}

const requirement = { ND: 1, L: 0.5, M: 1, H: 1.51 } as const;
const impact = { N: 0, P: 0.275, C: 0.66 } as const;

/** The guide's weights (sections 3.2.1 to 3.2.3), in the order in which vectors are written. */
const weights: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: impact,
  I: impact,
  A: impact,
  E: { ND: 1, U: 0.85, POC: 0.9, F: 0.95, H: 1 },
  RL: { ND: 1, OF: 0.87, TF: 0.9, W: 0.95, U: 1 },
  RC: { ND: 1, UC: 0.9, UR: 0.95, C: 1 },
  CDP: { ND: 0, N: 0, L: 0.1, LM: 0.3, MH: 0.4, H: 0.5 },
  TD: { ND: 1, N: 0, L: 0.25, M: 0.75, H: 1 },
  CR: requirement,
  IR: requirement,
  AR: requirement,
};
const [base, temporal, environmental] = [
  ['AV', 'AC', 'Au', 'C', 'I', 'A'],
  ['E', 'RL', 'RC'],
  ['CDP', 'TD', 'CR', 'IR', 'AR'],
] as const;

/** Scores a vector such as `AV:N/AC:L/Au:N/C:P/I:P/A:P`; undefined when it is none or lacks a base metric. */
export function cvss2Scores(vector: string): Cvss2Scores | undefined {
  const metrics = metricsOf(vector);
  if (!metrics || base.some((name) => !metrics.has(name))) return undefined;
  const value = (name: string): number => weights[name]![metrics.get(name) ?? 'ND']!;
  const impactOf = (scale: (name: string) => number): number => {
    return 10.41 * (1 - ['C', 'I', 'A'].reduce((left, name) => left * (1 - value(name) * scale(`${name}R`)), 1));
  };
  const baseOf = (of: number): number => {
    const exploitability = 20 * value('AV') * value('AC') * value('Au');
    return rounded((0.6 * of + 0.4 * exploitability - 1.5) * (of === 0 ? 0 : 1.176));
  };
  const later = (score: number): number => rounded(score * value('E') * value('RL') * value('RC'));
  const own = baseOf(impactOf(() => 1));
  const adjusted = later(baseOf(Math.min(10, impactOf(value))));
  return {
    base: own,
    ...(temporal.some((name) => metrics.has(name)) && { temporal: later(own) }),
    ...(environmental.some((name) => metrics.has(name)) && {
      environmental: rounded((adjusted + (10 - adjusted) * value('CDP')) * value('TD')),
    }),
  };
}

function metricsOf(vector: string): ReadonlyMap<string, string> | undefined {
  const metrics = new Map<string, string>();
  for (const part of vector.replace(/^\((.*)\)$/, '$1').split('/')) {
    const [name = '', value = ''] = part.split(':');
    const known = Object.hasOwn(weights, name) && Object.hasOwn(weights[name]!, value);
    if (!known || metrics.has(name) || part !== `${name}:${value}`) return undefined;
    metrics.set(name, value);
  }
  return metrics;
}

/** To one decimal, halves up: 8.55 is 8.6, although the nearest binary number is below it. */
function rounded(score: number): number {
  return Math.round(score * 10 + 1e-9) / 10;
}
