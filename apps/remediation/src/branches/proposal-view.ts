import type { MovedPackage, ProposalState, ProposedFile } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { Closed } from '../proposals/fix-groups.ts';

/** A proposal as whoever carries it out needs it. */
export interface ProposalView {
  readonly id: string;
  readonly state: ProposalState;
  readonly repository: string;
  readonly line: string;
  readonly commit: string;
  readonly application: string;
  readonly tool: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly string[];
  readonly closes: readonly Closed[];
  readonly files: readonly ProposedFile[];
  readonly moved: readonly MovedPackage[];
  readonly diff: string | null;
  readonly incomplete: string | null;
  readonly proven: boolean;
  readonly rejectedAt: Date | null;
}

type Stored = Omit<ProposalView, 'closes' | 'files' | 'moved'> & {
  readonly closes: string;
  readonly files: string;
  readonly moved: string;
};

const select = `select id, state, repository, line, commit, application, tool, ecosystem, name, from_version as "from",
    coalesce(chosen_version, to_version) as "to", findings, closes, files, moved, diff, incomplete, proven, rejected_at as "rejectedAt"
  from proposals`;
const byId = `${select} where id::text = $1 for update`;
const ofFix = `${select} where id = (select proposal from fixes where id = $1) for update`;

/** Reads proposals, so that they stay as they are until the transaction ends. A proposal is always taken before its fixes. */
export class ProposalViews {
  byId(tx: Tx, id: string): Promise<ProposalView | undefined> {
    return this.first(tx, byId, id);
  }

  ofFix(tx: Tx, fix: string): Promise<ProposalView | undefined> {
    return this.first(tx, ofFix, fix);
  }

  async reject(tx: Tx, id: string, by: string, reason: string): Promise<void> {
    const sql = `update proposals set state = 'rejected', rejected_at = clock_timestamp(), reason = $2, updated_at = clock_timestamp() where id = $1`;
    await rows(tx, sql, [id, `rejected by ${by}: ${reason}`.replaceAll('\0', '').slice(0, 500)]);
  }

  private async first(tx: Tx, sql: string, id: string): Promise<ProposalView | undefined> {
    const [row] = await rows<Stored>(tx, sql, [id]);
    return (
      row && {
        ...row,
        closes: JSON.parse(row.closes) as Closed[],
        files: JSON.parse(row.files) as ProposedFile[],
        moved: JSON.parse(row.moved) as MovedPackage[],
      }
    );
  }
}
