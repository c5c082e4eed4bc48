import { CommitId, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';

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
