import { Injectable } from '@nestjs/common';
import type { HeldRecordsSummary } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { NotifierConfig } from '../config.ts';
import { Directory } from '../directory/directory.ts';
import type { AlertRow } from './alert-rows.ts';
import { assess } from './assessment.ts';
import { Changes } from './changes.ts';
import { Fixes } from './fixes.ts';
import type { ForeignStatus } from './foreign-status-alert.ts';
import { mergeColumns, type UnpassedMerge } from './gate-bypass-alert.ts';
import { Judgements } from './judgements.ts';
import type { LineOfWork } from './line-of-work.ts';
import type { Situation } from './next-alert.ts';
import type { AlertStory } from './story.ts';

/** All that the notifier was told, put together around one commit. */
@Injectable()
export class AlertKnowledge {
  constructor(
    private readonly changes: Changes,
    private readonly judgements: Judgements,
    private readonly fixes: Fixes,
    private readonly directory: Directory,
    private readonly config: NotifierConfig,
  ) {}

  /** What the gates say about a commit; undefined while none has judged it, or when a later commit of its line was judged already. */
  async situationOf(tx: Tx, place: LineOfWork & { readonly commit: string }): Promise<Situation | undefined> {
    const judgements = await this.judgements.ofCommit(tx, place.repository, place.commit);
    if (judgements.length === 0) return undefined;
    const [change, repository] = await Promise.all([this.changes.at(tx, place), this.directory.repository(tx, place.repository)]);
    if (await this.changes.isOvertaken(tx, change)) return undefined;
    return {
      ...place,
      application: judgements[0]!.decision.application,
      ...(repository && { repositoryName: repository.name }),
      judgements,
      assessment: assess(judgements, change.defaultBranch),
      at: new Date(),
    };
  }

  /** The line on which a commit was judged. */
  lineOf(tx: Tx, repository: string, commit: string): Promise<string | undefined> {
    return this.judgements.lineOf(tx, repository, commit);
  }

  /** What a service said last about the records that it gave up. */
  async heldBy(tx: Tx, service: string): Promise<HeldRecordsSummary> {
    const [held] = await rows<{ summary: string }>(tx, 'select summary from held_records where service = $1', [service]);
    return held ? (JSON.parse(held.summary) as HeldRecordsSummary) : { dead: 0 };
  }

  /** What others wrote under our name in a repository, the last first. */
  foreignStatuses(tx: Tx, repository: string): Promise<ForeignStatus[]> {
    return rows<ForeignStatus>(
      tx,
      `select commit, by_login as by, state, ours, times, last_at as "lastAt" from foreign_statuses
       where repository = $1 order by last_at desc limit 10`,
      [repository],
    );
  }

  /** What an alert of merges tells of, the last first. */
  unpassedMerges(tx: Tx, alert: string): Promise<UnpassedMerge[]> {
    return rows<UnpassedMerge>(
      tx,
      `select ${mergeColumns}
       from unpassed_merges where alert = $1 order by merged_at desc limit 10`,
      [alert],
    );
  }

  /** Everything that a message about the alert is told from. */
  async storyOf(tx: Tx, alert: AlertRow): Promise<AlertStory> {
    const { id, title, state, priority, severity, repository, line, commit } = alert;
    const [{ by, url }, judgements, known, application, fixes] = await Promise.all([
      this.changes.at(tx, alert),
      this.judgements.ofCommit(tx, repository, commit),
      this.directory.repository(tx, repository),
      this.directory.application(tx, alert.application),
      this.fixes.ofCommit(tx, repository, commit),
    ]);
    return {
      alert: id,
      title,
      state,
      priority,
      severity,
      since: alert.since.toISOString(),
      ...(alert.acknowledgedBy !== null && { acknowledgedBy: alert.acknowledgedBy }),
      ...(alert.resolution !== null && { resolution: alert.resolution }),
      change: { repository, line, commit, ...(known && { name: known.name }), ...(by !== '' && { by }), ...(url !== null && { url }) },
      application,
      decisions: judgements.map(({ decision }) => decision),
      fixes,
      publicUrl: this.config.linkBase,
    };
  }
}
