import type { Api } from '../api.ts';
import { plain, show, showJson } from '../terminal.ts';

interface Why {
  readonly story: readonly (string | { readonly text?: string; readonly time?: string })[];
  readonly gatesPassed: readonly { readonly gate: string; readonly decision: string; readonly policy: string; readonly version: number }[];
  readonly earliestStop: { readonly gate: string; readonly reason: string } | null;
  readonly gaps: readonly unknown[];
}

/** Tells the story of an alert: what led to it, which gates it passed, what is not known. */
export async function tellWhy(api: Api, alert: string, json: boolean): Promise<void> {
  const why = await api.get<Why>(`alerts/${encodeURIComponent(alert)}/why`);
  if (json) return showJson(why);
  for (const line of why.story) show(plain(typeof line === 'string' ? line : `${line.time ?? ''} ${line.text ?? ''}`.trim()));
  for (const gate of why.gatesPassed) show(`passed ${gate.gate}: ${gate.decision} by ${plain(gate.policy)}@${gate.version}`);
  if (why.earliestStop) show(`could have been stopped at ${why.earliestStop.gate}: ${plain(why.earliestStop.reason)}`);
  for (const gap of why.gaps) show(`not known: ${plain(typeof gap === 'string' ? gap : JSON.stringify(gap))}`);
}
