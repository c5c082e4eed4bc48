import type { Page, PolicyChange, PolicyDetail, PolicySummary, ReplayedDecision } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { exitCodes, Refused } from '../exit.ts';
import { tryPolicies, type PolicyFile } from '../policy-files.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';
import { exitCodeOfPolicies, sayFile } from './policy.ts';

export interface PutFlags {
  /** That was read; of what is in force now when left out. */
  readonly version?: string;
  readonly json?: boolean;
}

export interface ChangeListFlags {
  readonly state?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** Old denials may be judged again first. */
const patienceMs = 120_000;

/** Publishes one policy when its cases pass; 5 when that makes it weaker, and so waits for a second person. */
export async function putPolicy(api: Api, file: string, { version, json = false }: PutFlags): Promise<number> {
  const policy = await onlyPolicyOf(file);
  const code = exitCodeOfPolicies([policy]);
  if (code !== exitCodes.pass) {
    sayFile(policy);
    say('nothing was published');
    return code;
  }
  const path = `policies/${encodeURIComponent(policy.name!)}`;
  const seen = version === undefined ? (await api.find<PolicySummary>(path))?.version : versionOf(version);
  const answer = await api.call<PolicyDetail | PolicyChange>('PUT', path, {
    ...{ body: policy.source, contentType: policy.path.endsWith('.json') ? 'application/json' : 'application/yaml' },
    ...{ headers: seen === undefined ? {} : { 'if-match': `"${seen}"` }, timeoutMs: patienceMs },
  });
  if (waits(answer)) return tellWaiting(api, answer, json);
  if (json) showJson(answer);
  else
    show(`${plain(answer.name)} ${answer.version === seen ? `is version ${seen} already` : `version ${answer.version}  ${answer.digest}`}`);
  return exitCodes.pass;
}

export async function listChanges(api: Api, { state, limit, json }: ChangeListFlags): Promise<void> {
  const page = await api.get<Page<PolicyChange>>('policies/changes', { state, limit });
  if (json) return showJson(page);
  for (const change of page.items) show(changeLine(change));
  say(page.items.length === 0 ? 'No changes match.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

export async function showChange(api: Api, id: string, { json }: { json?: boolean }): Promise<void> {
  const change = await api.get<PolicyChange>(pathOf(id));
  if (json) return showJson(change);
  showWhole(change);
  if (change.state !== 'awaiting_approval') return;
  say(`approve it before ${change.approveBefore}: ${addressOf(api, change)}`);
  if (!change.mayApprove) say(`not by you: ${plain(change.mayNotApproveBecause ?? 'you may not')}`);
}

/** Approves what is shown; a digest that was read elsewhere is approved as it is, and refused when it is another one by now. */
export async function approveChange(api: Api, id: string, { digest, json }: { digest?: string; json?: boolean }): Promise<void> {
  const shown = await api.get<PolicyChange>(pathOf(id));
  if (!json) showWhole(shown);
  const body = { digest: digest ?? shown.digest };
  const approved = await api.call<PolicyChange>('POST', `${pathOf(id)}/approve`, { body, timeoutMs: patienceMs });
  if (json) return showJson(approved);
  say(
    `approved: ${approved.kind === 'delete' ? `${plain(approved.policy)} is gone` : `this text of ${plain(approved.policy)} is in force`}`,
  );
}

/** Whoever asked takes it back like this. */
export async function rejectChange(api: Api, id: string, { reason, json }: { reason?: string; json?: boolean }): Promise<void> {
  if (reason === undefined) throw new Refused('usage', 'say why: --reason');
  const rejected = await api.call<PolicyChange>('POST', `${pathOf(id)}/reject`, { body: { reason } });
  if (json) return showJson(rejected);
  show(changeLine(rejected));
}

/** One change on one line: how it stands, of what, who asked, what becomes weaker. */
function changeLine({ id, state, policy, kind, base, weakens, affected, requestedBy, reason }: PolicyChange): string {
  const standing = paint(state === 'approved' ? 'green' : 'yellow', (state === 'awaiting_approval' ? 'requested' : state).padEnd(10));
  const what = `${kind === 'delete' ? 'delete ' : ''}${plain(policy)} version ${base}`;
  const denials = affected.length === 0 ? '' : `  ${affected.length} denials affected`;
  const because = reason === undefined ? '' : ` (${plain(reason)})`;
  return `${id}  ${standing} ${what}  ${plain(requestedBy)}: ${plain(weakens.join(', '))}${denials}${because}`;
}

function tellWaiting(api: Api, change: PolicyChange, json: boolean): number {
  if (json) showJson(change);
  else showEffect(change);
  say(`waits for a second person: ${change.id}, ${addressOf(api, change)}`);
  say(`nothing is weaker before: throughline policy changes approve ${change.id}`);
  return exitCodes.waits;
}

/** All that an approval is about. */
function showWhole(change: PolicyChange): void {
  showEffect(change);
  if (change.source === undefined) return;
  show('as it would be published:');
  for (const line of change.source.split(/\r?\n/)) show(`  ${plain(line)}`);
}

function showEffect(change: PolicyChange): void {
  show(changeLine(change));
  for (const what of change.weakens) show(`  weaker: ${plain(what)}`);
  for (const denial of change.affected) show(`  ${denialLine(denial)}`);
  show(`  digest: ${change.digest}`);
}

function denialLine({ decision, gate, subject, was, would }: ReplayedDecision): string {
  const outcome = would === was ? `${was}, still is by other policies` : `${was} → ${would}`;
  return `${outcome}  ${gate}  ${plain(subject.repository)} ${subject.commit.slice(0, 12)}  ${decision}`;
}

function waits(answer: PolicyDetail | PolicyChange): answer is PolicyChange {
  return 'approveBefore' in answer;
}

async function onlyPolicyOf(file: string): Promise<PolicyFile> {
  const [policy, ...others] = await tryPolicies(file);
  if (others.length > 0) throw new Refused('usage', `${file} has several policies: throughline policy publish takes them together`);
  return policy!;
}

function versionOf(asked: string): number {
  if (!/^[1-9]\d{0,8}$/.test(asked)) throw new Refused('usage', '--version takes the number of the version that you have read');
  return Number(asked);
}

const pathOf = (id: string): string => `policies/changes/${encodeURIComponent(id)}`;
const addressOf = (api: Api, { id }: PolicyChange): string => api.pageAt(`policies/changes/${encodeURIComponent(id)}`);
