import { Injectable } from '@nestjs/common';
import type { AddedSuppressions, Envelope } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { Evidence, EvidenceItem } from '@throughline/policy';

/** A subject as it is kept, with its evidence; its row is locked until the transaction ends. */
export interface SubjectRow {
  readonly id: string;
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  readonly pullRequest: number | null;
  readonly base: string | null;
  readonly baseline: boolean;
  readonly version: number;
  readonly firstSeenAt: Date;
  readonly changedAt: Date;
  /** The fact that changed it last. */
  readonly because: Envelope;
  /** What its change adds of comments and files that ask scanners to say nothing. */
  readonly suppressions?: AddedSuppressions;
  readonly evidence: Evidence;
}

interface Row extends Omit<SubjectRow, 'evidence' | 'because' | 'suppressions'> {
  readonly suppressions: string | null;
  readonly because: string | null;
  readonly planSequence: number | null;
  readonly throughSeq: number | null;
  readonly planFailed: string | null;
}

/** What a fact may say about a subject besides its evidence. */
export interface About {
  readonly ref: string;
  readonly pullRequest: number | null;
  readonly base: string | null;
  readonly baseline: boolean;
}

const columns = `id, repository, commit, ref, pull_request as "pullRequest", base, baseline, version::float8 as version,
  first_seen_at as "firstSeenAt", changed_at as "changedAt", because, plan_sequence::float8 as "planSequence",
  through_seq::float8 as "throughSeq", plan_failed as "planFailed", suppressions`;

/** Subjects and the items of their evidence plans. */
@Injectable()
export class SubjectRows {
  /** Locks the subject, making it when it is new. */
  async open(tx: Tx, repository: string, commit: string): Promise<SubjectRow> {
    const key = [repository, commit];
    const [, [row]] = await Promise.all([
      rows(tx, 'insert into subject (repository, commit) values ($1, $2) on conflict (repository, commit) do nothing', key),
      rows<Row>(tx, `select ${columns} from subject where repository = $1 and commit = $2 for update`, key),
    ]);
    return withEvidence(row!, await this.items(tx, row!.id));
  }

  /** Reads a subject, locked when it is to be changed. */
  async byId(tx: Tx, id: string, lock: '' | 'for update' = ''): Promise<SubjectRow | undefined> {
    // The items are read when the lock is had.
    const [[row], items] = await Promise.all([
      rows<Row>(tx, `select ${columns} from subject where id = $1 ${lock}`, [id]),
      this.items(tx, id),
    ]);
    return row && withEvidence(row, items);
  }

  async find(tx: Tx, repository: string, commit: string): Promise<SubjectRow | undefined> {
    const [row] = await rows<Row>(tx, `select ${columns} from subject where repository = $1 and commit = $2`, [repository, commit]);
    return row && withEvidence(row, await this.items(tx, row.id));
  }

  /** Repositories in which a commit is known, two at most. */
  async repositoriesOf(tx: Tx, commit: string): Promise<readonly string[]> {
    const found = await rows<{ repository: string }>(tx, 'select repository from subject where commit = $1 order by id limit 2', [commit]);
    return found.map(({ repository }) => repository);
  }

  /** Writes what changed and answers the new version. */
  async save(tx: Tx, subject: SubjectRow, evidence: Evidence, about: About, because: Envelope): Promise<number> {
    const changed = evidence.items.filter((item) => !subject.evidence.items.includes(item));
    if (changed.length > 0) await this.saveItems(tx, subject.id, changed);
    const [saved] = await rows<{ version: number }>(
      tx,
      `update subject set ref = $2, pull_request = $3, base = $4, baseline = $5, plan_sequence = $6, through_seq = $7, plan_failed = $8,
         because = $9, version = version + 1, changed_at = clock_timestamp()
       where id = $1 returning version::float8 as version`,
      [
        subject.id,
        about.ref,
        about.pullRequest,
        about.base,
        about.baseline,
        evidence.plan?.sequence ?? null,
        evidence.plan?.throughSeq ?? null,
        evidence.plan?.failed ?? null,
        JSON.stringify(because),
      ],
    );
    return saved!.version;
  }

  async noteSuppressions(
    tx: Tx,
    { repository, commit }: Pick<SubjectRow, 'repository' | 'commit'>,
    added: AddedSuppressions,
  ): Promise<void> {
    const sql = 'update subject set suppressions = $3 where repository = $1 and commit = $2';
    await rows(tx, sql, [repository, commit, JSON.stringify(added)]);
  }

  private async items(tx: Tx, subject: string): Promise<readonly EvidenceItem[]> {
    const found = await rows<Omit<EvidenceItem, 'upload'> & { reason: string | null; upload: string | null }>(
      tx,
      `select seq::float8 as seq, tool, finds, state, reason, ruleset, revision::float8 as revision, upload from item where subject_id = $1 order by seq`,
      [subject],
    );
    return found.map(({ reason, upload, ...item }) => ({
      ...item,
      ...(reason === null ? {} : { reason }),
      ...(upload === null ? {} : { upload: JSON.parse(upload) as NonNullable<EvidenceItem['upload']> }),
    }));
  }

  private async saveItems(tx: Tx, subject: string, items: readonly EvidenceItem[]): Promise<void> {
    const given = items.map(({ seq, tool, finds, state, reason, ruleset, revision, upload }) => ({
      ...{ seq, tool, finds, state, revision, reason: reason ?? null, ruleset: ruleset ?? '' },
      upload: upload ? JSON.stringify(upload) : null,
    }));
    await rows(
      tx,
      `insert into item (subject_id, seq, tool, finds, state, reason, ruleset, revision, upload)
       select $1, seq, tool, finds, state, reason, ruleset, revision, upload
       from json_to_recordset($2) as given (seq bigint, tool text, finds text[], state text, reason text, ruleset text, revision bigint, upload text)
       order by seq
       on conflict (subject_id, seq) do update set tool = excluded.tool, finds = excluded.finds, state = excluded.state,
         reason = excluded.reason, ruleset = excluded.ruleset, revision = excluded.revision, upload = excluded.upload`,
      // Half of a surrogate pair is no JSON to Postgres.
      [subject, JSON.stringify(given, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))],
    );
  }
}

function withEvidence(
  { planSequence, throughSeq, planFailed, because, suppressions, ...row }: Row,
  items: readonly EvidenceItem[],
): SubjectRow {
  const added = suppressions === null ? {} : { suppressions: JSON.parse(suppressions) as AddedSuppressions };
  const subject = { ...row, ...added, because: JSON.parse(because ?? '{}') as Envelope };
  if (planSequence === null || throughSeq === null) return { ...subject, evidence: { items } };
  const plan = { sequence: planSequence, throughSeq, ...(planFailed === null ? {} : { failed: planFailed }) };
  return { ...subject, evidence: { plan, items } };
}
