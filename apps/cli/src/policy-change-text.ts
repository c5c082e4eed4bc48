import type { PolicyChange, ReplayedDecision } from '@throughline/contracts';
import type { Api } from './api.ts';
import { exitCodes } from './exit.ts';
import { paint, plain, say, show, showJson } from './terminal.ts';

/** One change on one line: how it stands, of what, who asked, what becomes weaker. */
export function changeLine(change: PolicyChange): string {
  const { id, state, weakens, affected, requestedBy, reason } = change;
  const standing = paint(state === 'approved' ? 'green' : 'yellow', (state === 'awaiting_approval' ? 'requested' : state).padEnd(10));
  const denials = affected.length === 0 ? '' : `  ${affected.length} denials affected`;
  const because = reason === undefined ? '' : ` (${plain(reason)})`;
  return `${id}  ${standing} ${baseOf(change)}  ${plain(requestedBy)}: ${plain(weakens.join(', '))}${denials}${because}`;
}

function baseOf({ policy, application, kind, base }: PolicyChange): string {
  if (application !== undefined) return `application ${plain(application)} version ${base}`;
  if (policy === undefined) return `bundle after ${base}`;
  return `${kind === 'delete' ? 'delete ' : ''}${plain(policy)} version ${base}`;
}

/** Says what one person alone did not get, and who gets it. */
export function tellWaiting(api: Api, change: PolicyChange, json: boolean): number {
  if (json) showJson(change);
  else showEffect(change);
  say(`waits for a second person: ${change.id}, ${addressOf(api, change)}`);
  say(`nothing is weaker before: throughline policy changes approve ${change.id}`);
  return exitCodes.waits;
}

/** All that an approval is about. */
export function showWhole(change: PolicyChange): void {
  showEffect(change);
  if (change.note !== undefined) show(`  note: ${plain(change.note)}`);
  if (change.source !== undefined)
    showText(change.kind === 'application' ? 'all of it as it would be:' : 'as it would be published:', change.source);
  for (const { policy, kind, base, source } of change.parts ?? []) {
    const before = base === undefined ? 'new' : `after version ${base}`;
    if (source === undefined || kind === 'delete') show(`without ${plain(policy)}, ${before}`);
    else showText(`${plain(policy)}, ${before}, as it would be published:`, source);
  }
}

function showText(head: string, text: string): void {
  show(head);
  for (const line of text.split(/\r?\n/)) show(`  ${plain(line)}`);
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

/** It was asked for: nothing has changed yet. */
export function waits(answer: object): answer is PolicyChange {
  return 'approveBefore' in answer;
}

/** Its page in the dashboard. */
export const addressOf = (api: Api, { id }: PolicyChange): string => api.pageAt(`policies/changes/${encodeURIComponent(id)}`);
