import type { Page, PolicyChange, PolicyDetail, PolicySummary } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { exitCodes, Refused } from '../exit.ts';
import { addressOf, changeLine, showWhole, tellWaiting, waits } from '../policy-change-text.ts';
import { tryPolicies, type PolicyFile } from '../policy-files.ts';
import { plain, say, show, showJson } from '../terminal.ts';
import { exitCodeOfPolicies, sayFile } from './policy.ts';

export interface PutFlags {
  /** That was read; of what is in force now when left out. */
  readonly version?: string;
  readonly json?: boolean;
}

export interface DeleteFlags {
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

/** Takes one policy away; 5 when it warns or blocks, and so waits for a second person. */
export async function deletePolicy(api: Api, name: string, { version, json = false }: DeleteFlags): Promise<number> {
  const path = `policies/${encodeURIComponent(name)}`;
  const seen = version === undefined ? (await api.get<PolicySummary>(path)).version : versionOf(version);
  const waiting = await api.call<PolicyChange | undefined>('DELETE', path, { headers: { 'if-match': `"${seen}"` } });
  if (waiting) return tellWaiting(api, waiting, json);
  if (json) showJson({ policy: name, version: seen, deleted: true });
  else show(`${plain(name)} is gone, after version ${seen}`);
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
  say(`approved: ${inForceNow(approved)}`);
}

/** Whoever asked takes it back like this. */
export async function rejectChange(api: Api, id: string, { reason, json }: { reason?: string; json?: boolean }): Promise<void> {
  if (reason === undefined) throw new Refused('usage', 'say why: --reason');
  const rejected = await api.call<PolicyChange>('POST', `${pathOf(id)}/reject`, { body: { reason } });
  if (json) return showJson(rejected);
  show(changeLine(rejected));
}

function inForceNow({ kind, policy, application, parts = [] }: PolicyChange): string {
  if (application !== undefined) return `${plain(application)} takes this risk from now on`;
  if (kind === 'bundle') return `all ${parts.length} policies of it are in force, or gone`;
  return kind === 'delete' ? `${plain(policy!)} is gone` : `this text of ${plain(policy!)} is in force`;
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
