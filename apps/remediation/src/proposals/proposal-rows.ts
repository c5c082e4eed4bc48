import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { FixGroup } from './fix-groups.ts';
import type { MadeEdit } from './edit-order.ts';
import { summaryOf } from './wording.ts';

/** Where a fix is wanted, and by which evaluation. */
export interface FixPlace {
  readonly repository: string;
  /** Full ref, or `#<number>` of a change request. */
  readonly line: string;
  readonly commit: string;
  readonly application: string;
  readonly tool: string;
  /** Chain key of the evaluation. */
  readonly cause: string;
}

/** A proposal as it is kept. */
export interface ProposalRow {
  readonly id: string;
  readonly repository: string;
  readonly line: string;
  readonly commit: string;
  readonly application: string;
  readonly package: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly versions: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly findings: readonly string[];
  readonly paths: readonly string[];
  readonly cause: string;
  readonly revision: number;
  readonly summary: string;
}

/** An edit that was made, as it is kept: `diff` is the digest of the unified diff. */
export type KeptEdit = MadeEdit;

const columns = `id, repository, line, commit, application, package, ecosystem, name, versions, from_version as "from", to_version as "to",
  findings, paths, cause, revision, summary`;

/** Reads and writes proposals within a transaction. */
@Injectable()
export class ProposalRows {
  /** The proposal when it is new or differs from what was proposed before; undefined when nothing changed. */
  async want(tx: Tx, place: FixPlace, fix: FixGroup): Promise<ProposalRow | undefined> {
    const from = fix.versions[0]!;
    const summary = summaryOf({ name: fix.name, from, to: fix.to, findings: fix.findings });
    const [row] = await rows<ProposalRow>(
      tx,
      `insert into proposals (id, repository, line, package, from_version, to_version, commit, application, tool, ecosystem, name,
         versions, findings, paths, cause, state, revision, summary, closes)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'preparing', 1, $16, $17)
       on conflict (repository, line, package, from_version) do update set to_version = excluded.to_version, commit = excluded.commit,
         application = excluded.application, tool = excluded.tool, versions = excluded.versions, findings = excluded.findings,
         paths = excluded.paths, cause = excluded.cause, closes = excluded.closes, rejected_at = null, state = 'preparing', revision = proposals.revision + 1,
         summary = excluded.summary, reason = null, chosen_version = null, incomplete = null, proven = false, moved = '[]',
         overrides = '[]', not_before = null, updated_at = clock_timestamp()
       where proposals.state = 'gone'
         or (proposals.to_version, proposals.commit, proposals.versions, proposals.findings, proposals.paths)
           is distinct from (excluded.to_version, excluded.commit, excluded.versions, excluded.findings, excluded.paths)
         and not (proposals.state = 'rejected' and proposals.to_version = excluded.to_version)
       returning ${columns}`,
      [
        uuidv7(),
        place.repository,
        place.line,
        fix.package,
        from,
        fix.to,
        place.commit,
        place.application,
        place.tool,
        fix.ecosystem,
        fix.name,
        [...fix.versions],
        fix.findings.slice(0, 200),
        [...fix.paths],
        place.cause,
        summary,
        JSON.stringify(fix.closes.slice(0, 200)),
      ],
    );
    return row;
  }

  /** Closes the proposals of a line whose findings are no longer there. */
  async close(tx: Tx, place: FixPlace, wanted: readonly FixGroup[]): Promise<void> {
    await rows(
      tx,
      `update proposals set state = 'gone', updated_at = clock_timestamp()
       where repository = $1 and line = $2 and tool = $3 and state <> 'gone' and not (package || ' ' || from_version) = any($4::text[])`,
      [place.repository, place.line, place.tool, wanted.map((fix) => `${fix.package} ${fix.versions[0]}`)],
    );
  }

  async byId(tx: Tx, id: string): Promise<ProposalRow | undefined> {
    const [row] = await rows<ProposalRow>(tx, `select ${columns} from proposals where id = $1 and state = 'preparing'`, [id]);
    return row;
  }

  /** False when the proposal was changed meanwhile. */
  async made(tx: Tx, proposal: ProposalRow, edit: KeptEdit): Promise<boolean> {
    const { name, from, findings } = proposal;
    const kept = await rows(
      tx,
      `update proposals set state = 'proposed', files = $3, notes = $4, diff = $5, chosen_version = $6, incomplete = $7, proven = $8,
         moved = $9, overrides = $10, summary = $11, reason = null, not_before = null, updated_at = clock_timestamp()
       where id = $1 and revision = $2 and state = 'preparing' returning id`,
      [
        proposal.id,
        proposal.revision,
        JSON.stringify(edit.files),
        [...edit.notes].slice(0, 20).map((note) => note.slice(0, 500)),
        edit.diff,
        edit.to,
        edit.incomplete?.slice(0, 500) ?? null,
        edit.proven,
        JSON.stringify(edit.moved),
        JSON.stringify(edit.overrides),
        summaryOf({ name, from, to: edit.to, findings }),
      ],
    );
    return kept.length > 0;
  }

  /** The release that fixes has to become older first. */
  async waiting(tx: Tx, proposal: ProposalRow, reason: string, until: Date): Promise<void> {
    await rows(
      tx,
      `update proposals set state = 'waiting', reason = $3, not_before = $4, files = '[]', notes = '{}', diff = null,
         updated_at = clock_timestamp()
       where id = $1 and revision = $2 and state = 'preparing'`,
      [proposal.id, proposal.revision, reason.slice(0, 500), until],
    );
  }

  /** Takes up a proposal that waited; undefined when it changed meanwhile. */
  async again(tx: Tx, id: string, revision: number): Promise<void> {
    await rows(tx, `update proposals set state = 'preparing' where id = $1 and revision = $2 and state = 'waiting'`, [id, revision]);
  }

  async impossible(tx: Tx, proposal: ProposalRow, reason: string): Promise<void> {
    await rows(
      tx,
      `update proposals set state = 'impossible', reason = $3, files = '[]', notes = '{}', diff = null, updated_at = clock_timestamp()
       where id = $1 and revision = $2 and state = 'preparing'`,
      [proposal.id, proposal.revision, reason.replaceAll('\0', '').slice(0, 500)],
    );
  }
}
