import type { FindingForecast, ForecastGroup } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface DeadlineFlags {
  readonly days: string;
  readonly application?: string;
  readonly owner?: string;
  readonly severity?: string;
  readonly json?: boolean;
}

/** Which deadlines are broken, and which will be within so many days when nobody does anything. */
export async function showDeadlines(api: Api, { json, ...query }: DeadlineFlags): Promise<void> {
  const forecast = await api.get<FindingForecast>('findings/forecast', { ...query });
  if (json) return showJson(forecast);
  const { groups, more } = forecast;
  for (const group of groups) show(groupLine(group));
  const until = forecast.until.slice(0, 10);
  if (groups.length === 0) return say(`No deadline is broken, and none will be until ${until}.`);
  say(
    `${forecast.breached} late, ${forecast.breaching} more until ${until}${more ? '; not all groups are shown (--application, --owner)' : ''}`,
  );
}

/** One application, owner and severity on one line. */
export function groupLine({ application, owner, severity, breached, breaching }: ForecastGroup): string {
  const late = breached > 0 ? paint('red', `${breached} late`) : '0 late';
  return `${severity.padEnd(8)} ${late}, ${breaching} to come  ${plain(application)}  ${plain(owner)}`;
}
