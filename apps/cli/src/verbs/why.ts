import type { AlertStory } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { plain, say, show, showJson } from '../terminal.ts';

/** Tells the story of an alert: what led to it, which gates it passed, what is not known. */
export async function tellWhy(api: Api, alert: string, json: boolean): Promise<void> {
  const why = await api.get<AlertStory>(`alerts/${encodeURIComponent(alert)}/why`);
  if (json) return showJson(why);
  for (const line of why.story) show(plain(line));
  for (const gate of why.gatesPassed) show(`passed ${gate.gate}: ${gate.decision} by ${plain(gate.policy)}@${gate.version}`);
  if (why.earliestStop) show(`could have been stopped at ${why.earliestStop.gate}: ${plain(why.earliestStop.reason)}`);
  for (const gap of why.gaps) show(`not known: ${plain(gap)}`);
  if (why.url) say(`look closer: ${plain(why.url)}`);
}
