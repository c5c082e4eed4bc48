import type { CheckAnnotation, CheckRun, Checks, ConnectTo, Verdict } from '../client.ts';
import { at, idText, line, listOf } from '../payload.ts';
import { callRest, idNamed, repositoryPath } from '../rest.ts';
import { version } from './version.ts';

/** What GitHub takes in one call; of a run that is changed, more are added to those that are there. */
const perCall = 50;
const mostTitle = 255;
const mostText = 60_000;
const mostAnnotationText = 5000;

/** `neutral` and `skipped` count as passed where a check is required: what could not be decided is a failure. */
const conclusions: Readonly<Record<Exclude<Verdict, 'pending'>, 'success' | 'failure'>> = {
  pass: 'success',
  warn: 'success',
  released: 'success',
  deny: 'failure',
  undecided: 'failure',
};

/** A run of ours as GitHub has it. */
interface KnownRun {
  readonly id: string;
  readonly externalId: unknown;
  readonly ended: boolean;
  readonly annotations: number;
  readonly title: unknown;
}

/** Check runs of GitHub. One that ended is not written over: the next judgement of the commit is a run of its own, and the latest counts. */
export function githubChecks(to: ConnectTo, app: string): Checks {
  const runs = (fullName: string): readonly string[] => [...repositoryPath(fullName), 'check-runs'];
  const create = async (fullName: string, body: object): Promise<string> => {
    const { json } = await callRest(to, { method: 'POST', path: runs(fullName), headers: version, body });
    return idNamed(at(json, 'id'), 'a check run');
  };
  const change = async (fullName: string, id: string, body: object): Promise<void> => {
    await callRest(to, { method: 'PATCH', path: [...runs(fullName), id], headers: version, body });
  };
  return {
    async put(fullName, run) {
      const latest = await latestRun(to, app, fullName, run);
      const named = { name: run.name, head_sha: run.commit, external_id: run.externalId, ...(run.url && { details_url: run.url }) };
      const { verdict, annotations } = run;
      if (verdict === 'pending') {
        if (latest?.ended !== false) return create(fullName, { ...named, status: 'in_progress' });
        if (latest.title !== line(run.title, mostTitle)) await change(fullName, latest.id, { output: outputOf(run, []) });
        return latest.id;
      }
      const ended = { ...named, status: 'completed', conclusion: conclusions[verdict] };
      const same = latest?.externalId === run.externalId;
      const reused = latest && (same || !latest.ended) ? latest : undefined;
      let sent = same ? latest.annotations : 0;
      let id = reused?.id;
      do {
        const body = { ...ended, output: outputOf(run, annotations.slice(sent, sent + perCall)) };
        if (id === undefined) id = await create(fullName, body);
        else await change(fullName, id, body);
        sent += perCall;
      } while (sent < annotations.length);
      return id;
    },
  };
}

async function latestRun(to: ConnectTo, app: string, fullName: string, { commit, name }: CheckRun): Promise<KnownRun | undefined> {
  const path = [...repositoryPath(fullName), 'commits', commit, 'check-runs'];
  const query = { check_name: name, app_id: app, filter: 'latest' };
  const { json } = await callRest(to, { method: 'GET', path, query, headers: version });
  const ours = listOf(at(json, 'check_runs')).find((one) => idText(at(one, 'app', 'id')) === app && at(one, 'name') === name);
  if (ours === undefined) return undefined;
  const count = at(ours, 'output', 'annotations_count');
  return {
    id: idNamed(at(ours, 'id'), 'a check run'),
    externalId: at(ours, 'external_id'),
    ended: at(ours, 'status') === 'completed',
    annotations: typeof count === 'number' ? count : 0,
    title: at(ours, 'output', 'title'),
  };
}

function outputOf({ title, summary }: CheckRun, annotations: readonly CheckAnnotation[]): object {
  return {
    title: line(title, mostTitle),
    summary: summary.slice(0, mostText),
    annotations: annotations.map(({ path, line: row, level, title: about, text }) => ({
      ...{ path, start_line: row, end_line: row, annotation_level: level },
      ...{ title: line(about, mostTitle), message: text.slice(0, mostAnnotationText) },
    })),
  };
}
