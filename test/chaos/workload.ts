import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { giteaHeaders, pushRequest, site } from '../journeys/api.ts';
import { GitRepository } from '../journeys/git-repository.ts';
import { privileged } from '../journeys/pushed-repository.ts';
import { vulnerableLock } from '../journeys/shop.ts';
import { untilAcknowledged, type Pace } from './operations.ts';
import type { Stage } from './stage.ts';

/** Sends again on a connection of its own: a dead service must not be waited for by those that come after. */
const agent = new Agent({ connections: 256, headersTimeout: 30_000, bodyTimeout: 30_000 });

/**
 * People who talk about changes: reviews, and every fourth time a merge. Small facts, in the order in which they were sent,
 * that need no scan: of one repository each waits until the one before was acknowledged.
 */
export async function talking({ shop: { source } }: Stage, name: string, { history, goesOn, due }: Pace): Promise<void> {
  const repository = `shop/${name}`;
  for (let number = 1; ; number += 1) {
    await due();
    if (!goesOn()) return;
    const f = number % 4 === 0 ? 'merge' : 'review';
    const { headers, body } = talk(source.secret, repository, f, number);
    await untilAcknowledged(history, { process: name, f, value: `${name} ${number}` }, () => send(source.url, headers, body));
  }
}

/** A developer who pushes branches, each with one privileged workload, and whose build then uploads a report about the commit. */
export async function pushing(stage: Stage, name: string, pace: Pace): Promise<void> {
  const { platform } = stage.shop;
  const git = new GitRepository(platform.repositories, `shop/${name}`);
  // A name of its own in each: equal commits of two repositories could not be told apart.
  const files = { 'README.md': name, 'deploy/web-0.yaml': privileged('web-0') };
  const first = git.commit('Open the shop', { ...(name === 'till' ? vulnerableLock : {}), ...files });
  await untilDone(pace, () => push(stage, { name, commit: first, ref: 'refs/heads/main' }, pace));
  for (let number = 1; pace.goesOn(); number += 1) {
    const workload = `web-${number}`;
    const commit = git.branch(`feature-${number}`, `Deploy ${workload}`, `deploy/${workload}.yaml`, privileged(workload));
    if (!(await untilDone(pace, () => push(stage, { name, commit, ref: `refs/heads/feature-${number}` }, pace)))) return;
    if (!(await untilDone(pace, () => upload(stage, { name, commit, number }, pace)))) return;
    await sleep(pace.random.between(pace.pauseMs / 2, pace.pauseMs));
  }
}

/** A report speaks about a commit that was pushed: what was given up is begun anew. */
async function untilDone({ goesOn }: Pace, operation: () => Promise<boolean>): Promise<boolean> {
  for (;;) {
    if (await operation()) return true;
    if (!goesOn()) return false;
  }
}

async function push(
  { shop: { source } }: Stage,
  { name, commit, ref }: Readonly<Record<'name' | 'commit' | 'ref', string>>,
  { history }: Pace,
): Promise<boolean> {
  const { headers, body } = pushRequest(source.secret, { repository: `shop/${name}`, after: commit, ref });
  return untilAcknowledged(history, { process: name, f: 'push', value: commit }, () => send(source.url, headers, body));
}

interface Upload {
  readonly name: string;
  readonly commit: string;
  readonly number: number;
}

async function upload({ shop: { platform, api } }: Stage, { name, commit, number }: Upload, { history }: Pace): Promise<boolean> {
  const query = new URLSearchParams({ repository: `${site}/shop/${name}.git`, commit });
  const headers = { authorization: `Bearer ${platform.token}`, 'content-type': 'application/json' };
  return untilAcknowledged(history, { process: name, f: 'report', value: commit }, () =>
    send(`${api.server}/api/v1/reports?${query.toString()}`, headers, report(name, number)),
  );
}

/** Answers the status. */
async function send(url: string, headers: Record<string, string>, body: string): Promise<number> {
  const answer = await request(url, { method: 'POST', headers, body, dispatcher: agent, signal: AbortSignal.timeout(30_000) });
  await answer.body.dump();
  return answer.statusCode;
}

/** A review, or the merge of the request that was reviewed before, as Gitea sends it. No such head was pushed: a merge names none. */
function talk(
  secret: string,
  repository: string,
  f: 'review' | 'merge',
  number: number,
): { headers: Record<string, string>; body: string } {
  const commit = number.toString(16).padStart(40, '0');
  const branch = { ref: 'main', sha: 'f'.repeat(40) };
  const head = { ref: 'topic', ...(f === 'review' && { sha: commit }) };
  const body = JSON.stringify({
    action: f === 'merge' ? 'closed' : 'reviewed',
    number,
    pull_request: { number, merged: f === 'merge', merge_commit_sha: commit, head, base: branch },
    repository: { full_name: repository, clone_url: `${site}/${repository}.git`, default_branch: 'main' },
    sender: { login: 'developer' },
  });
  return { headers: giteaHeaders(secret, f === 'merge' ? 'pull_request' : 'pull_request_approved', body), body };
}

/** A report of a tool that does not run here, with one finding that no other report has. */
function report(name: string, number: number): string {
  const region = { startLine: 1, snippet: { text: `run(input_${number})` } };
  const uri = `src/${name}-${number}.js`;
  const results = [
    {
      ruleId: 'EX001',
      level: 'error',
      message: { text: 'run() gets what the user wrote' },
      locations: [{ physicalLocation: { artifactLocation: { uri }, region } }],
    },
  ];
  const driver = { name: 'ExampleLint', rules: [{ id: 'EX001', shortDescription: { text: 'Command built from input' } }] };
  return JSON.stringify({ version: '2.1.0', runs: [{ results, tool: { driver } }] });
}
