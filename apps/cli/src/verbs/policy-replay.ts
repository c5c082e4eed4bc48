import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { PolicyReplay } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { exitCodes, Refused } from '../exit.ts';
import { textOf } from '../policy-files.ts';
import { plain, say, show, showJson } from '../terminal.ts';

export interface ReplayFlags {
  readonly since: string;
  readonly gate?: readonly string[];
  readonly wait: string;
  readonly json?: boolean;
}

const askEveryMs = 1_000;

/** Tells what a policy would have decided, by its name or from a file; 0 when all was judged again, 3 when that takes longer. */
export async function replayPolicy(api: Api, asked: string, { since, gate, wait, json = false }: ReplayFlags): Promise<number> {
  const seconds = Number.parseInt(wait, 10);
  if (!(seconds >= 0)) throw new Refused('usage', '--wait takes a number of seconds');
  const body = { policy: await policyAt(asked), since, ...(gate === undefined ? {} : { gates: gate }) };
  const until = Date.now() + seconds * 1000;
  let replay = await api.call<PolicyReplay>('POST', 'policies/replay', { body });
  while ((replay.status === 'queued' || replay.status === 'running') && Date.now() < until) {
    await setTimeout(askEveryMs);
    replay = await api.get<PolicyReplay>(`policies/replays/${replay.id}`);
  }
  if (json) showJson(replay);
  else showReplay(replay);
  return replay.status === 'done' ? exitCodes.pass : exitCodes.undecided;
}

function showReplay({
  id,
  status,
  policy,
  decisions,
  identical,
  otherReasons,
  changedTotal,
  changed,
  gone,
  truncated,
  failure,
}: PolicyReplay): void {
  show(
    `${status}  ${plain(policy)}: ${decisions} decisions, ${identical} identical, ${otherReasons} for other reasons, ${changedTotal} changed`,
  );
  for (const { subject, gate, was, would } of changed)
    show(`  ${was} → ${would}  ${gate}  ${plain(subject.repository)} ${subject.commit.slice(0, 12)}`);
  if (gone > 0) say(`${gone} decisions were left out: what they were made from is not kept any more`);
  if (truncated) say('there are more decisions: the latest were taken');
  if (failure !== undefined) say(plain(failure));
  if (status === 'queued' || status === 'running') say(`it goes on: GET /api/v1/policies/replays/${id}`);
}

async function policyAt(asked: string): Promise<string> {
  const found = await stat(asked).catch(() => undefined);
  return found?.isFile() ? textOf(asked) : asked;
}
