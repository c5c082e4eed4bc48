import type { AppliedFix, MovedPackage, PlannedChange, ProposedFile, Remediation } from '@throughline/contracts';
import { changeRequestText } from '../branches/fix-text.ts';
import { branchIn, branchOf } from '../branches/own-branch.ts';
import type { Closed } from './fix-groups.ts';
import { summaryOf } from './wording.ts';

/** The latest approval of a proposal, as the database writes it as JSON. */
export interface ListedFix {
  readonly id: string;
  readonly state: AppliedFix['state'];
  readonly proof: AppliedFix['proof'];
  readonly branch: string;
  readonly head: string | null;
  readonly number: number | null;
  readonly url: string | null;
  readonly reason: string | null;
  readonly approved_by: string;
  readonly approved_at: string;
  readonly updated_at: string;
}

/** What is shown of an approval. */
export function appliedFix(fix: ListedFix): AppliedFix {
  const { id, state, proof, branch, head, number, url, reason } = fix;
  return {
    id,
    state,
    proof,
    branch,
    ...(head !== null && { commit: head }),
    ...(number !== null && url !== null && { changeRequest: { number, url } }),
    ...(reason !== null && reason !== '' && { reason }),
    approvedBy: fix.approved_by,
    approvedAt: new Date(fix.approved_at).toISOString(),
    updatedAt: new Date(fix.updated_at).toISOString(),
  };
}

interface Plannable {
  readonly id: string;
  readonly state: Remediation['state'];
  readonly line: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly string[];
  readonly closes: string;
  readonly files: string;
  readonly moved: string;
  readonly diff: string | null;
  readonly proven: boolean;
  readonly undone: number;
}

/** What approving would open, where it can be approved at all. */
export function planOf(row: Plannable, server: string): { plan?: PlannedChange } {
  const { id, state, line, name, from, to, findings, proven, undone } = row;
  if (!['proposed', 'rejected'].includes(state) || row.diff === null || !line.startsWith('refs/heads/')) return {};
  const files = (JSON.parse(row.files) as ProposedFile[]).map(({ path }) => path);
  const [closes, moved] = [JSON.parse(row.closes) as Closed[], JSON.parse(row.moved) as MovedPackage[]];
  const text = changeRequestText({ proposal: id, name, from, to, closes, files, moved, proven, proof: 'waiting', server });
  const base = branchIn(line);
  return { plan: { branch: branchOf({ proposal: id, name, to, undone }), base, title: summaryOf({ name, from, to, findings }), text } };
}
