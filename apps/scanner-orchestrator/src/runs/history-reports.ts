import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { sha256 } from '@throughline/contracts';
import type { Finding, ReportLine } from '@throughline/findings';
import { Database, rows } from '@throughline/service';
import { FindingKeys } from '../runner/finding-key.ts';
import { listHistory } from '../runner/git/history-listing.ts';
import type { Mirror } from '../runner/git/mirror.ts';
import { Mirrors } from '../runner/mirrors.ts';
import type { Equipment } from '../runner/scanner-desk.ts';
import { historian, HistoryScans } from './history-scans.ts';

/** What the whole history of a commit holds. */
export interface HistoryReport {
  readonly report: string;
  readonly findings: number;
}

const mostFindings = 50_000;
const keptReports = 50;

/** Looks for secrets in the history of commits: once in all of it, then only in what came since a commit that was looked at. */
@Injectable()
export class HistoryReports {
  constructor(
    private readonly database: Database,
    private readonly blobs: Blobs,
    private readonly keys: FindingKeys,
    private readonly mirrors: Mirrors,
    private readonly scans: HistoryScans,
  ) {}

  /** The report on the history of a commit; throws `ScanRefused` and `TreeRefused` when there is none that counts. */
  async of(repository: string, commit: string, equipment: Equipment, signal: AbortSignal): Promise<HistoryReport> {
    const key = this.keyOf(equipment);
    const mirror = this.mirrors.of(repository);
    const former = await this.nearest(repository, key, commit, mirror);
    if (former?.commit === commit) return former;
    const found = new Map<string, Finding>();
    if (former) for await (const finding of this.scans.findingsIn(former.report)) keep(found, finding);
    const versions = await listHistory(mirror.git, commit, former?.commit, signal);
    for await (const finding of this.scans.of(mirror, repository, versions, { equipment, signal })) keep(found, finding);
    const { digest } = await this.blobs.put(linesOf(found.values()));
    const report = { report: digest, findings: found.size };
    await this.note(repository, key, commit, report);
    return report;
  }

  private keyOf({ tool, masks }: Equipment): string {
    const { adapter, ruleset } = historian;
    const parts = [
      adapter,
      ruleset,
      tool?.closure ?? null,
      masks?.closure ?? null,
      this.scans.sandbox,
      this.keys.all.map(({ check }) => check),
    ];
    return sha256(JSON.stringify(['history', ...parts]));
  }

  /** The newest report on an ancestor of the commit, or on itself. */
  private async nearest(
    repository: string,
    key: string,
    commit: string,
    mirror: Mirror,
  ): Promise<(HistoryReport & { commit: string }) | undefined> {
    const known = await this.database.rows<HistoryReport & { commit: string }>(
      `select commit_id as commit, report, findings from history_scan where repository = $1 and key = $2
       order by commit_id = $3 desc, scanned_at desc limit ${keptReports}`,
      [repository, key, commit],
    );
    for (const one of known) {
      const leads = one.commit === commit || ((await mirror.has(one.commit)) && (await mirror.leadsTo(one.commit, commit)));
      if (leads && (await this.blobs.has(one.report))) return one;
    }
    return undefined;
  }

  private async note(repository: string, key: string, commit: string, { report, findings }: HistoryReport): Promise<void> {
    await this.database.transaction(async (tx) => {
      await rows(
        tx,
        // Of a repository that was removed meanwhile nothing is noted.
        `insert into history_scan (repository, key, commit_id, report, findings)
         select $1, $2, $3, $4, $5::int from (select 1 from plan where repository = $1 limit 1 for share) as held
         on conflict (repository, key, commit_id) do update set report = excluded.report, findings = excluded.findings, scanned_at = now()`,
        [repository, key, commit, report, findings],
      );
      await rows(
        tx,
        `delete from history_scan where repository = $1 and (key, commit_id) not in (
           select key, commit_id from history_scan where repository = $1 order by scanned_at desc limit ${keptReports})`,
        [repository],
      );
    });
  }
}

/** A secret that stayed in a file for many commits is told with the first of them. */
function keep(found: Map<string, Finding>, finding: Finding): void {
  const { rule, secret, location } = finding;
  const key = JSON.stringify([rule, secret?.hmac ?? location?.line ?? null, location?.path ?? null]);
  if (!found.has(key) && found.size < mostFindings) found.set(key, finding);
}

async function* linesOf(findings: Iterable<Finding>): AsyncIterable<Uint8Array> {
  for (const finding of findings) {
    yield Buffer.from(`${JSON.stringify({ kind: 'finding', finding } satisfies ReportLine)}\n`);
    await setImmediate();
  }
}
