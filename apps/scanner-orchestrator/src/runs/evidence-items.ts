import { Injectable } from '@nestjs/common';
import {
  uuidv7,
  type Assurance,
  type EvidenceProgress,
  type EvidenceQuery,
  type ScanProgress,
  type SourceSubject,
} from '@throughline/contracts';
import { Database, rows, type Tx } from '@throughline/service';
import type { EvidenceRequest } from './evidence-requests.ts';
import type { ExpectedItem } from './expected-item.ts';

/** An item as the plan announces it. */
export interface AnnouncedItem {
  readonly id: string;
  readonly seq: number;
  readonly tool: string;
  readonly finds: string[];
  readonly state: string;
  readonly reason: string | null;
  /** Of an upload. */
  readonly assurance: Assurance | null;
  readonly changeOnly: boolean;
}

/** Nobody uploaded it. */
const ours = { assurance: null, changeOnly: false } as const;

/** How a run of an item ended. */
export type ItemEnd = { readonly attempts: number; readonly toolVersion?: string } & (
  | {
      readonly state: 'received';
      readonly sandbox: string;
      readonly cached: boolean;
      readonly report: string;
      readonly findings: number;
      readonly components: number;
      readonly durationMs: number;
    }
  | { readonly state: 'failed'; readonly reason: string }
);

/** The numbered items of evidence plans. A number never changes its meaning; states only move forward. */
@Injectable()
export class EvidenceItems {
  constructor(private readonly database: Database) {}

  /** Of the expected items those that the request still lacks. A comparison takes what any line has. */
  async lacking(tx: Tx, request: EvidenceRequest, expected: readonly ExpectedItem[]): Promise<readonly ExpectedItem[]> {
    if (request.rescan) return expected;
    const there = await rows<{ tool: string; ruleset: string; state: string }>(
      tx,
      `select i.tool, i.ruleset, i.state from evidence_item i join evidence_request r on r.id = i.request_id
       where i.plan_id = $1 and ($3 or r.ref = $2)`,
      [request.plan, request.ref, request.baseline],
    );
    return expected.filter(
      (item) =>
        !there.some(
          ({ tool, ruleset, state }) =>
            tool === item.tool &&
            ruleset === item.ruleset &&
            (['planned', 'received', 'evaluated'].includes(state) || state === item.state),
        ),
    );
  }

  /** Adds the items with the next numbers and answers them with the plan's last number. */
  async add(
    tx: Tx,
    request: EvidenceRequest,
    items: readonly ExpectedItem[],
  ): Promise<{ throughSeq: number; added: readonly AnnouncedItem[] }> {
    const [plan] = await rows<{ last: number }>(
      tx,
      'update plan set through_seq = through_seq + $2 where id = $1 returning through_seq as last',
      [request.plan, items.length],
    );
    const throughSeq = plan!.last;
    const numbered = items.map(({ finds, reason, ...item }, index) => ({
      ...item,
      id: uuidv7(),
      seq: throughSeq - items.length + 1 + index,
      finds: [...finds],
      reason: reason ?? null,
    }));
    await rows(
      tx,
      `insert into evidence_item (id, plan_id, seq, request_id, tool, finds, ruleset, input, state, reason, closed_at)
       select id, $1, seq, $2, tool, finds, ruleset, input, state, reason, case when state = 'planned' then null else now() end
       from json_to_recordset($3) as given (id uuid, seq int, tool text, finds text[], ruleset text, input text, state text, reason text)`,
      [request.plan, request.id, JSON.stringify(numbered)],
    );
    const added = numbered.map(({ id, seq, tool, finds, state, reason }) => ({ id, seq, tool, finds, state, reason, ...ours }));
    return { throughSeq, added };
  }

  /** The last items of a plan, by number. */
  async latest(tx: Tx, plan: string, count: number): Promise<readonly AnnouncedItem[]> {
    const found = await rows<AnnouncedItem>(
      tx,
      'select id, seq, tool, finds, state, reason, assurance, change_only as "changeOnly" from evidence_item where plan_id = $1 order by seq desc limit $2',
      [plan, count],
    );
    return found.reverse();
  }

  /** Notes how the run ended; false when the item was ended before. */
  async end(tx: Tx, id: string, end: ItemEnd): Promise<boolean> {
    const received = end.state === 'received' ? end : undefined;
    const updated = await rows(
      tx,
      `update evidence_item set state = $2, attempts = $3, tool_version = $4, sandbox = $5, cached = $6, report = $7, findings = $8,
         components = $9, duration_ms = $10, reason = $11, finished_at = now()
       where id = $1 and state = 'planned' returning id`,
      [
        ...[
          id,
          end.state,
          end.attempts,
          end.toolVersion ?? null,
          received?.sandbox ?? null,
          received?.cached ?? false,
          received?.report ?? null,
        ],
        ...[
          received?.findings ?? null,
          received?.components ?? null,
          received?.durationMs ?? null,
          end.state === 'failed' ? end.reason : null,
        ],
      ],
    );
    return updated.length > 0;
  }

  /** The ledger has applied the item. */
  async close(tx: Tx, { repository, commit }: SourceSubject, seq: number, outcome: 'evaluated' | 'not_evaluated'): Promise<void> {
    await rows(
      tx,
      `update evidence_item i set closed_at = coalesce(i.closed_at, now()),
         state = case when $4 = 'evaluated' then 'evaluated' when i.state = 'received' then 'failed' else i.state end
       from plan p where p.id = i.plan_id and p.repository = $1 and p.commit_id = $2 and i.seq = $3 and i.state in ('received', 'failed', 'evaluated')`,
      [repository, commit, seq, outcome],
    );
  }

  /** How many scanners have finished with each of some commits; of one that was asked again, its last run counts. */
  scansOf(commits: readonly EvidenceQuery[]): Promise<ScanProgress[]> {
    return this.database.rows<ScanProgress>(
      `select p.repository, p.commit_id as commit, count(*)::int as total, (count(*) filter (where item.state <> 'planned'))::int as done
       from unnest($1::text[], $2::text[]) as asked (repository, commit)
         join plan p on p.repository = asked.repository and p.commit_id = asked.commit
         cross join lateral (
           select distinct on (i.tool) i.state from evidence_item i
           where i.plan_id = p.id and i.assurance is null and i.state not in ('not_applicable', 'unavailable') order by i.tool, i.seq desc
         ) as item
       group by p.repository, p.commit_id`,
      [commits.map(({ repository }) => repository), commits.map(({ commit }) => commit)],
    );
  }

  /** How far the evidence of a subject has come; one indexed read. */
  async progress(repository: string, commit: string): Promise<EvidenceProgress> {
    const [row] = await this.database.rows<{ lastSeq: number; open: number; preparing: boolean; failure: string | null }>(
      `select p.through_seq as "lastSeq",
         (select count(*) from evidence_item i where i.plan_id = p.id and i.closed_at is null)::int as open,
         exists (select 1 from evidence_request r where r.plan_id = p.id and r.state = 'preparing' and (p.through_seq = 0 or not r.baseline))
           -- Only uploads are known of it: nobody here has planned to look at it yet.
           or not exists (select 1 from evidence_request r where r.plan_id = p.id) as preparing,
         (select r.failure from evidence_request r where r.plan_id = p.id and p.through_seq = 0 order by r.created_at desc limit 1) as failure
       from plan p where p.repository = $1 and p.commit_id = $2`,
      [repository, commit],
    );
    if (!row) return { known: false, lastSeq: null, open: 0 };
    const { preparing, lastSeq, open, failure } = row;
    return { known: true, lastSeq: preparing ? null : lastSeq, open, ...(failure !== null && { failed: failure }) };
  }
}
