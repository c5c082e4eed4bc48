import type { Page, WaiverAnswer, WaiverDetail } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { Refused } from '../exit.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface WaiveFlags {
  readonly finding?: readonly string[];
  readonly cve?: string;
  readonly rule?: string;
  readonly path?: string;
  readonly repository?: string;
  readonly application?: string;
  readonly decision?: string;
  readonly reason?: string;
  readonly until?: string;
  readonly owner?: string;
  readonly premise?: string;
  readonly endsWhen: string;
  readonly json?: boolean;
}

export interface WaiverListFlags {
  readonly state?: string;
  readonly repository?: string;
  readonly origin?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export interface WaiverRevokeFlags {
  readonly reason?: string;
  readonly json?: boolean;
}

/** Asks for an exception; it lets nothing through before somebody else has approved it. */
export async function requestWaiver(api: Api, { json, ...flags }: WaiveFlags): Promise<void> {
  const asked = await api.call<WaiverAnswer>('POST', 'waivers', { body: requestOf(flags) });
  if (json) return showJson(asked);
  show(waiverLine(asked));
  say(`asked for; somebody who had no part in it approves: ${plain(asked.url)}`);
}

/** What the flags ask for; throws `Refused` for what nobody could decide about. */
export function requestOf({ finding, endsWhen, reason, until, ...flags }: Omit<WaiveFlags, 'json'>): object {
  if (reason === undefined) throw new Refused('usage', 'say why the risk can be taken: --reason');
  if (until === undefined) throw new Refused('usage', 'say until when: --until 2026-12-15');
  const conditions = endsWhen === 'none' ? [] : endsWhen.split(',').map((name) => name.trim());
  return { ...flags, reason, until, endsWhen: conditions, ...(finding === undefined ? {} : { findings: finding }) };
}

export async function listWaivers(api: Api, { state, repository, origin, limit, json }: WaiverListFlags): Promise<void> {
  const page = await api.get<Page<WaiverAnswer>>('waivers', { state, repository, origin, limit });
  if (json) return showJson(page);
  for (const waiver of page.items) show(waiverLine(waiver));
  say(page.items.length === 0 ? 'No exceptions match.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

/** Approves what is shown; a digest that was read elsewhere is approved as it is, and refused when it is another one by now. */
export async function approveWaiver(api: Api, id: string, { digest, json }: { digest?: string; json?: boolean }): Promise<void> {
  const path = `waivers/${encodeURIComponent(id)}`;
  const shown = await api.get<WaiverDetail>(path);
  if (!json) show(waiverLine(shown));
  const approved = await api.call<WaiverAnswer>('POST', `${path}/approve`, { body: { digest: digest ?? shown.digest } });
  if (json) return showJson(approved);
  say(`${approved.label} is granted until ${approved.until}`);
}

export async function revokeWaiver(api: Api, id: string, { reason, json }: WaiverRevokeFlags): Promise<void> {
  const path = `waivers/${encodeURIComponent(id)}/revoke`;
  const ended = await api.call<WaiverAnswer>('POST', path, { body: reason === undefined ? {} : { reason } });
  if (json) return showJson(ended);
  show(waiverLine(ended));
}

/** One exception on one line: how it stands, what it covers, where, until when, why. */
export function waiverLine({ label, state, endedBecause, scope, until, reason, requestedBy, origin }: WaiverAnswer): string {
  const { findings, cve, rule, advisory, purl, path, anyOf, repository, application } = scope;
  const covered = [findings?.map(({ title }) => title).join(', '), cve, rule, advisory, purl, path, linesOf(anyOf)]
    .filter(Boolean)
    .join(' ');
  const standing = paint(state === 'granted' ? 'green' : 'yellow', (endedBecause ?? state).padEnd(10));
  return `${label.padEnd(6)} ${standing} ${plain(covered)}  ${plain(repository ?? application)}  until ${until.slice(0, 10)}  ${plain(requestedBy)}${origin ? ` in ${plain(origin.file)}` : ''}: ${plain(reason)}`;
}

/** What lines of a repository ask for, the first of them by name. */
function linesOf(lines: WaiverAnswer['scope']['anyOf']): string {
  if (!lines) return '';
  const named = lines.slice(0, 3).map(({ mark }) => mark);
  return `${named.join(', ')}${lines.length > 3 ? ` and ${lines.length - 3} more lines` : ''}`;
}
