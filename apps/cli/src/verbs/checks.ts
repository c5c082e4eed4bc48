import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckReleaseAnswer, Page } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { Refused } from '../exit.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface ReleaseFlags {
  readonly reason?: string;
  readonly repository?: string;
  readonly source?: string;
  readonly minutes?: string;
  readonly wait: string;
  readonly json?: boolean;
}

const pauseMs = 2000;
const longestWaitSeconds = 86_400;

/** Asks that checks which nobody could judge pass for a while; nothing follows before somebody else confirms. */
export async function requestRelease(api: Api, { json, wait, ...flags }: ReleaseFlags): Promise<void> {
  const body = releaseOf(flags);
  const asked = await whenItIsBack(() => api.call<CheckReleaseAnswer>('POST', 'check-releases', { body }), secondsOf(wait));
  if (json) return showJson(asked);
  show(releaseLine(asked));
  say(`asked for; another person confirms it before ${asked.confirmBefore}: throughline checks confirm ${asked.label}`);
}

/** What the flags ask for; throws `Refused` for what nobody could decide about. */
export function releaseOf({ reason, repository, source, minutes }: Omit<ReleaseFlags, 'json' | 'wait'>): object {
  if (reason === undefined) throw new Refused('usage', 'say why nobody can wait for the judgement: --reason');
  if (minutes !== undefined && !/^\d{1,4}$/.test(minutes)) throw new Refused('usage', 'say how many minutes: --minutes 60');
  return { reason, repository, source, ...(minutes === undefined ? {} : { minutes: Number(minutes) }) };
}

/** Confirms what is shown; a digest that was read elsewhere is confirmed as it is, and refused when it is another one by now. */
export async function confirmRelease(api: Api, id: string, { digest, json }: { digest?: string; json?: boolean }): Promise<void> {
  const path = `check-releases/${encodeURIComponent(id)}`;
  const shown = await api.get<CheckReleaseAnswer>(path);
  if (!json) show(releaseLine(shown));
  const confirmed = await api.call<CheckReleaseAnswer>('POST', `${path}/confirm`, { body: { digest: digest ?? shown.digest } });
  if (json) return showJson(confirmed);
  say(`${confirmed.label} is open until ${confirmed.until}; what it releases is judged later`);
}

export async function endRelease(api: Api, id: string, { reason, json }: { reason?: string; json?: boolean }): Promise<void> {
  const path = `check-releases/${encodeURIComponent(id)}/end`;
  const ended = await api.call<CheckReleaseAnswer>('POST', path, { body: reason === undefined ? {} : { reason } });
  if (json) return showJson(ended);
  show(releaseLine(ended));
}

export async function listReleases(api: Api, { state, limit, json }: { state?: string; limit: string; json?: boolean }): Promise<void> {
  const page = await api.get<Page<CheckReleaseAnswer>>('check-releases', { state, limit });
  if (json) return showJson(page);
  for (const release of page.items) show(releaseLine(release));
  say(page.items.length === 0 ? 'No releases match.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

/** One release on one line: how it stands, what it covers, what came of it, who and why. */
export function releaseLine(release: CheckReleaseAnswer): string {
  const { label, state, endedBecause, repository, source, until, reason, requestedBy, confirmedBy } = release;
  const standing = paint(state === 'open' ? 'green' : 'yellow', (endedBecause ?? state).padEnd(13));
  const scope = repository ?? (source === undefined ? 'all checks' : `source ${source}`);
  const { waiting, released, judged, blocked, merged } = release;
  const counts =
    state === 'requested'
      ? `${waiting} waiting`
      : `${released} released, ${judged} judged since, ${blocked} blocked, ${merged} merged before`;
  const people = confirmedBy === undefined ? plain(requestedBy) : `${plain(requestedBy)} and ${plain(confirmedBy)}`;
  return `${label.padEnd(5)} ${standing} ${plain(scope)}  ${counts}${until === undefined ? '' : `  until ${until}`}  ${people}: ${plain(reason)}`;
}

/** While the platform is away nobody can ask it: as soon as it is back, it is asked. */
async function whenItIsBack<T>(ask: () => Promise<T>, seconds: number): Promise<T> {
  const until = performance.now() + seconds * 1000;
  for (let told = false; ; told = true) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== 'unreachable' || performance.now() + pauseMs > until) throw error;
      if (!told) say('the platform is away: it is asked as soon as it is back');
      await sleep(pauseMs);
    }
  }
}

function secondsOf(wait: string): number {
  if (!/^\d{1,5}$/.test(wait) || Number(wait) > longestWaitSeconds) throw new Refused('usage', 'say for how many seconds: --wait 600');
  return Number(wait);
}
