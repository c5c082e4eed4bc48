export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'unsure' | 'plain' | 'alarm';

const severities: Readonly<Record<string, Tone>> = { critical: 'alarm', high: 'bad', medium: 'warn', low: 'info' };
const results: Readonly<Record<string, Tone>> = { pass: 'good', warn: 'warn', deny: 'bad', undecided: 'unsure', pending: 'info' };
const states: Readonly<Record<string, Tone>> = {
  ...results,
  ...words(
    'good',
    'completed evaluated succeeded resolved done ok up ready accepted granted delivered kept passed proposed not_affected false_positive',
  ),
  ...words('bad', 'denied failed open critical dead refused exploitable known_exploited P1 down'),
  ...words('warn', 'not_evaluated missing unavailable retrying waiting impossible acknowledged in_triage not_seen P2 degraded'),
  ...words('info', 'requested planned received preparing queued sending pushed new P3'),
};

function words(tone: Tone, list: string): Record<string, Tone> {
  return Object.fromEntries(list.split(' ').map((word) => [word, tone]));
}

export const toneOfSeverity = (severity: string): Tone => severities[severity] ?? 'plain';
export const toneOfResult = (result: string): Tone => results[result] ?? 'plain';
export const toneOfState = (state: string): Tone => states[state] ?? 'plain';
