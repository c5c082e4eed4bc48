import { CommitId, Count, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { commitSubject, keys } from '../keys.ts';

export const priorities = ['P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof priorities)[number];

/** Something needs a person. Later facts with the same fingerprint only enrich it. */
@Fact<AlertOpened>({
  type: 'alert.opened',
  topic: 'alert',
  writer: 'notifier',
  key: (fact) => fact.fingerprint,
  subject: (fact) => fact.alert,
  makes: (fact) => [keys.alert(fact.alert)],
  madeFrom: (fact) => fact.causes,
  ordered: true,
})
export class AlertOpened {
  @Text(64) alert: string;
  /** sha256 of application and root of the episode, or of rule and workload. */
  @Text(64) fingerprint: string;
  @OneOf(['decision', 'advisory', 'control', 'held-record']) kind: 'decision' | 'advisory' | 'control' | 'held-record';
  @OneOf(priorities) priority: Priority;
  @Text(300) title: string;
  @Text(100) application: string;
  @Maybe() @Text(1024) repository?: string;
  @Maybe() @CommitId() commit?: string;
  /** Chain keys of what opened it. */
  @Texts(20, 1200) causes: string[];
  @Time() since: string;
}

/** The cause of an alert is gone. */
@Fact<AlertResolved>({
  type: 'alert.resolved',
  topic: 'alert',
  writer: 'notifier',
  key: (fact) => fact.fingerprint,
  subject: (fact) => fact.alert,
  madeFrom: (fact) => [keys.alert(fact.alert)],
  ordered: true,
})
export class AlertResolved {
  @Text(64) alert: string;
  @Text(64) fingerprint: string;
  @Maybe() @Text(1024) repository?: string;
  @Text(300) reason: string;
  @Time() at: string;
}

/** How a commit stood when it got into its branch without a pass. */
export const unpassed = ['untold', 'pending', 'undecided', 'released', 'deny'] as const;
export type Unpassed = (typeof unpassed)[number];

/** A change request was merged although the change gate had not let its head pass, and nothing has let it pass since. */
@Fact<GateBypassed>({
  type: 'gate.bypassed',
  topic: 'alert',
  writer: 'notifier',
  key: (fact) => fact.fingerprint,
  subject: (fact) => commitSubject(fact.repository, fact.head),
  madeFrom: (fact) => [keys.change(fact.repository, fact.number), keys.commit(fact.repository, fact.head)],
})
export class GateBypassed {
  @Text(64) alert: string;
  /** Of the alert: all such merges and pushes of a repository are one. */
  @Text(64) fingerprint: string;
  @Text(1024) repository: string;
  @Count(1) number: number;
  /** What was merged. */
  @CommitId() head: string;
  /** The head that was proposed last, where that was another commit. */
  @Maybe() @CommitId() proposed?: string;
  /** What the merge made, or moved the branch to. */
  @Maybe() @CommitId() commit?: string;
  @Text(512) baseRef: string;
  @Text(200) mergedBy: string;
  /** `untold`: nobody told of that head before. */
  @OneOf(unpassed) stood: Unpassed;
  /** What was decided about it since. */
  @Maybe() @OneOf(['pass', 'warn', 'deny', 'undecided']) result?: 'pass' | 'warn' | 'deny' | 'undecided';
  /** `inferred`: the provider told of the merge, and our own decision was no pass. `told`: it says too that a rule was passed over. */
  @OneOf(['inferred', 'told']) basis: 'inferred' | 'told';
  @Time() mergedAt: string;
}

/** A branch that requires our check was pushed to although the change gate had not let the commit pass, and nothing has let it pass since. */
@Fact<GatePushedPast>({
  type: 'gate.pushed-past',
  topic: 'alert',
  writer: 'notifier',
  key: (fact) => fact.fingerprint,
  subject: (fact) => commitSubject(fact.repository, fact.commit),
  madeFrom: (fact) => [keys.commit(fact.repository, fact.commit)],
})
export class GatePushedPast {
  @Text(64) alert: string;
  /** Of the alert: all such merges and pushes of a repository are one. */
  @Text(64) fingerprint: string;
  @Text(1024) repository: string;
  /** Full ref of the branch. */
  @Text(512) ref: string;
  /** To which it was moved. */
  @CommitId() commit: string;
  @Text(200) pusher: string;
  /** `untold`: nobody told of that commit before. */
  @OneOf(unpassed) stood: Unpassed;
  /** What was decided about it since. */
  @Maybe() @OneOf(['pass', 'warn', 'deny', 'undecided']) result?: 'pass' | 'warn' | 'deny' | 'undecided';
  /** `inferred`: the branch requires our check, and our own decision was no pass. `told`: the provider says too that a rule was passed over. */
  @OneOf(['inferred', 'told']) basis: 'inferred' | 'told';
  @Time() pushedAt: string;
}
