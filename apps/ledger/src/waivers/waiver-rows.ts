import { Injectable } from '@nestjs/common';
import type { FindingClass, WaiverGranted } from '@throughline/contracts';
import type { WaivableFinding, Waiver } from '@throughline/policy';
import { plannedAnew, rows, withoutNulls, type Tx } from '@throughline/service';
import { uuid } from '../uuid.ts';

/** A waiver as the ledger knows it. */
export interface WaiverRow {
  readonly id: string;
  readonly label: string;
  readonly application: string;
  readonly repository: string | null;
  readonly document: Waiver;
  readonly reason: string;
  readonly approvedBy: string;
  readonly until: Date;
  readonly ended: boolean;
  readonly sequence: number;
}

/** A finding that a waiver may cover. */
export type Candidate = WaivableFinding & { readonly number: string; readonly waiver: string | null };

type Stored = Omit<WaiverRow, 'document'> & { readonly document: string };

interface CandidateRow {
  readonly number: string;
  readonly waiver: string | null;
  readonly id: string;
  readonly class: FindingClass;
  readonly rule: string;
  readonly application: string;
  readonly repository: string;
  readonly knownExploited: boolean;
  readonly advisory: string | null;
  readonly cve: string | null;
  readonly purl: string | null;
  readonly path: string | null;
  readonly fixedIn: string | null;
}

const columns = `id, label, application, repository, document, reason, approved_by as "approvedBy", until, ended, sequence::float8 as sequence`;
const pageSize = 1_000;

/** Every one that may cover findings of a repository ($1). */
const inScope = `not ended and until > now() and (repository is null or repository = $1)
  and application in ('*', coalesce((select application from repository where id = $1), 'unassigned'))`;

@Injectable()
export class WaiverRows {
  async save(tx: Tx, fact: WaiverGranted, document: Waiver, sequence: number): Promise<void> {
    await rows(
      tx,
      `insert into waiver (id, label, application, repository, document, reason, approved_by, until, sequence)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (id) do update set label = excluded.label, application = excluded.application, repository = excluded.repository,
         document = excluded.document, reason = excluded.reason, approved_by = excluded.approved_by, until = excluded.until,
         ended = false, broken_at = null, sequence = excluded.sequence
       where waiver.sequence < excluded.sequence`,
      [
        ...[fact.waiver, fact.label, fact.application, fact.repository ?? null, JSON.stringify(document)],
        ...[fact.reason, fact.approvedBy, fact.until, sequence],
      ],
    );
  }

  async end(tx: Tx, id: string, sequence: number): Promise<void> {
    await rows(tx, 'update waiver set ended = true, sequence = $2 where id = $1 and sequence < $2', [id, sequence]);
  }

  async find(tx: Tx, id: string): Promise<WaiverRow | undefined> {
    const [row] = await rows<Stored>(tx, `select ${columns} from waiver where id = $1`, [id]);
    return row && withDocument(row);
  }

  async forRepository(tx: Tx, repository: string): Promise<readonly WaiverRow[]> {
    return (await rows<Stored>(tx, `select ${columns} from waiver where ${inScope} order by id`, [repository])).map(withDocument);
  }

  async anyFor(tx: Tx, repository: string): Promise<boolean> {
    return (await rows(tx, `select 1 from waiver where ${inScope} limit 1`, [repository])).length > 0;
  }

  /** Ids of those that cover findings with one of these CVEs. */
  async covering(tx: Tx, cves: readonly string[]): Promise<readonly string[]> {
    const sql = 'select distinct waiver from finding where cve = any($1::text[]) and waiver is not null order by waiver';
    return (await rows<{ waiver: string }>(tx, sql, [cves])).map(({ waiver }) => waiver);
  }

  /** Findings that it names in one way or another, and those that show it. */
  async candidates(
    tx: Tx,
    waiver: WaiverRow,
    after: string,
    repository?: string,
  ): Promise<{ readonly findings: readonly Candidate[]; readonly next?: string }> {
    const { findings, cve, rule, advisory } = waiver.document.matches;
    const everywhere = waiver.application === '*' ? null : waiver.application;
    const found = await rows<CandidateRow>(
      tx,
      `${plannedAnew} select f.number, f.waiver, f.id, f.class, f.rule, f.application, f.repository, i.kev_added is not null as "knownExploited",
         f.advisory, f.cve, f.purl, f.path, f.fixed_in as "fixedIn"
       from finding f left join intel i on i.cve = f.cve
       where f.number > $1 and f.alias_of is null and ($3::text is null or f.repository = $3) and (f.waiver = $2 or (
         ($4::text is null or f.application = $4) and ($5::text is null or f.repository = $5) and ($6::uuid[] is null or f.id = any($6))
         and ($7::text is null or f.cve = $7) and ($8::text is null or f.rule = $8) and ($9::text is null or f.advisory = $9)))
       order by f.number limit ${pageSize}`,
      [
        after,
        waiver.id,
        repository ?? null,
        everywhere,
        waiver.repository,
        findings?.filter((id) => uuid.test(id)) ?? null,
        cve ?? null,
        rule ?? null,
        advisory ?? null,
      ],
    );
    const last = found.length === pageSize ? { next: found.at(-1)!.number } : {};
    return { findings: found.map(({ waiver: shown, ...known }) => ({ ...withoutNulls(known), waiver: shown })), ...last };
  }

  /** What another one covers already stays with that. */
  async cover(tx: Tx, waiver: WaiverRow, findings: readonly Candidate[]): Promise<void> {
    await rows(
      tx,
      `with covered as (update finding set waiver = $2 where number = any($1::bigint[]) and waiver is null returning number, triage)
       insert into finding_event (finding_number, kind, before_state, after_state, person, reason)
       select number, 'triage', triage, 'risk_accepted', $3, $4 from covered`,
      [findings.map(({ number }) => number), waiver.id, waiver.approvedBy, `${waiver.label}: ${waiver.reason}`.slice(0, 2000)],
    );
  }

  async uncover(tx: Tx, waiver: WaiverRow, findings: readonly Candidate[]): Promise<void> {
    await rows(
      tx,
      `with bare as (update finding set waiver = null where number = any($1::bigint[]) and waiver = $2 returning number, triage)
       insert into finding_event (finding_number, kind, before_state, after_state, reason)
       select number, 'triage', 'risk_accepted', triage, $3 from bare`,
      [findings.map(({ number }) => number), waiver.id, `${waiver.label} does not cover it any more`],
    );
  }

  /** Takes it off a page of the findings that show it; answers where they are. */
  async uncoverPage(tx: Tx, waiver: WaiverRow): Promise<readonly string[]> {
    const found = await rows<Candidate>(tx, `select number, repository from finding where waiver = $1 order by number limit ${pageSize}`, [
      waiver.id,
    ]);
    await this.uncover(tx, waiver, found);
    return [...new Set(found.map(({ repository }) => repository))];
  }

  /** True the first time. */
  async noteBroken(tx: Tx, id: string): Promise<boolean> {
    const sql = 'update waiver set broken_at = now() where id = $1 and broken_at is null and not ended returning id';
    return (await rows(tx, sql, [id])).length > 0;
  }

  async forget(tx: Tx, id: string): Promise<void> {
    await rows(tx, 'delete from waiver where id = $1 and ended', [id]);
  }
}

function withDocument({ document, ...row }: Stored): WaiverRow {
  return { ...row, document: JSON.parse(document) as Waiver };
}
