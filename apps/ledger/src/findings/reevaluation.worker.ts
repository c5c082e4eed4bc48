import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { Evaluations } from './evaluations.ts';

/** What changed: versions whose verdict did, ecosystems that have data for the first time, CVEs that are exploited now, repositories. */
interface Touched {
  readonly versions?: readonly string[];
  readonly ecosystems?: readonly string[];
  readonly cves?: readonly string[];
  readonly repositories?: readonly string[];
  /** The demo's data touch the demo's repositories only, and all others' only theirs; not said: either. */
  readonly demo?: boolean | null;
}

interface Wanted {
  readonly evaluation: string;
}

/** Most of an evaluation that finds little is its transaction; a push waits at most for as many as share one. */
const mostAlong = 19;

/** Heads of lines, and the commits that they are compared with: an old vulnerability must not look as if a change added it. */
const touchedHeads = `
  with versions as (
    select unnest($1::bigint[]) as id
    union
    select f.component_version_id from advisory_group g join advisory_group_member m on m.group_id = g.id
    join affected f on f.advisory_id = m.advisory_id where g.cve = any($3::text[])
  ), reports as (
    select distinct o.report_id from occurrence o join versions v on v.id = o.component_version_id
  )
  select distinct e.id, e.repository from evaluation e
  where e.outcome = 'evaluated' and (e.ecosystems && $2::text[] or e.repository = any($4::text[]) or e.report_id in (select report_id from reports))
    and (e.id in (select id from head) or (e.repository, e.commit) in (select repository, base from head))
    and ($5::boolean is null or $5 = exists (select 1 from repository r where r.id = e.repository and r.demo))
  order by e.repository, e.id`;

/** Evaluates stored components anew when advisory data change; no scanner runs. */
@Injectable()
export class ReevaluationWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly evaluations: Evaluations,
  ) {}

  onModuleInit(): void {
    this.work.handle<Touched>(workKinds.findTouched, { concurrency: 1, leaseSeconds: 60, maxAttempts: 8 }, (lease) =>
      this.findTouched(lease),
    );
    this.work.handle<Wanted>(workKinds.evaluate, { concurrency: 3, leaseSeconds: 60, maxAttempts: 8 }, (lease) => this.evaluate(lease));
  }

  private async findTouched(lease: Lease<Touched>): Promise<void> {
    const { versions = [], ecosystems = [], cves = [], repositories = [], demo } = lease.payload;
    await this.database.transaction(async (tx) => {
      const heads = await rows<{ id: string; repository: string }>(tx, touchedHeads, [
        versions,
        ecosystems,
        cves,
        repositories,
        demo ?? null,
      ]);
      await addEvaluations(this.work, tx, heads);
      await lease.complete(tx);
    });
  }

  private async evaluate(lease: Lease<Wanted>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const along = new Map((await lease.takeAlong(tx, mostAlong)).map((one) => [one.payload.evaluation, one]));
      const ids = [lease.payload.evaluation, ...along.keys()];
      await this.evaluations.again(tx, ids, (id, work) => along.get(id)?.traced(work) ?? work());
      await lease.complete(tx);
    });
  }
}

/** Leaves items to be evaluated anew, those of a repository one after the other. */
export async function addEvaluations(
  work: WorkQueue,
  tx: Tx,
  heads: readonly { readonly id: string; readonly repository: string }[],
): Promise<void> {
  const items = heads.map(({ id, repository }) => ({
    kind: workKinds.evaluate,
    key: repository,
    payload: { evaluation: id },
    priority: 'bulk' as const,
    dedupe: id,
  }));
  await work.add(tx, ...items);
}
