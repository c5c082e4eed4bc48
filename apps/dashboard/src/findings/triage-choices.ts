import type { Triage } from '@throughline/contracts';

/** What a person can say about a finding. Accepting its risk is an exception. */
export const triageChoices: readonly { readonly value: Exclude<Triage, 'new' | 'risk_accepted'>; readonly label: string }[] = [
  { value: 'in_triage', label: 'In triage: somebody looks at it' },
  { value: 'exploitable', label: 'Exploitable here' },
  { value: 'not_affected', label: 'Not affected' },
  { value: 'false_positive', label: 'False positive' },
];
