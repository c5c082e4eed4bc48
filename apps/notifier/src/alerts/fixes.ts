import { Injectable } from '@nestjs/common';
import type { FixProposed } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { KnownFix } from './story.ts';

/** Proposed fixes; a proposal stands at the commit that it was last made for. */
@Injectable()
export class Fixes {
  async keep(tx: Tx, fact: FixProposed): Promise<void> {
    await rows(
      tx,
      `insert into fixes (proposal, repository, commit, package, from_version, to_version, findings) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (proposal) do update set commit = excluded.commit, from_version = excluded.from_version,
         to_version = excluded.to_version, findings = excluded.findings, proposed_at = now()`,
      [fact.proposal, fact.repository, fact.commit, fact.package, fact.from, fact.to, fact.findings],
    );
  }

  /** Those that close most come first. */
  async ofCommit(tx: Tx, repository: string, commit: string): Promise<readonly KnownFix[]> {
    return rows<KnownFix>(
      tx,
      `select proposal, package, from_version as "from", to_version as "to", findings from fixes
       where repository = $1 and commit = $2 order by cardinality(findings) desc, package limit 50`,
      [repository, commit],
    );
  }
}
