import { Flag, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';
import { severities, type Severity } from './finding.ts';

/** An advisory became known or changed. */
@Fact<AdvisoryPublished>({
  type: 'advisory.published',
  topic: 'advisory',
  writer: 'ledger',
  key: (fact) => fact.group,
  subject: (fact) => fact.advisory,
  makes: (fact) => [keys.advisory(fact.advisory)],
  ordered: true,
})
export class AdvisoryPublished {
  @Text(128) advisory: string;
  /** Surrogate id of its alias group. */
  @Text(64) group: string;
  @Texts(50, 128) aliases: string[];
  @Text(300) summary: string;
  @OneOf(severities) severity: Severity;
  @Texts(100, 64) ecosystems: string[];
  @Texts(100, 300) packages: string[];
  @Flag() knownExploited: boolean;
  @Maybe() @Time() published?: string;
  @Time() modified: string;
}

/** An advisory was withdrawn by its publisher or retracted from its feed. */
@Fact<AdvisoryWithdrawn>({
  type: 'advisory.withdrawn',
  topic: 'advisory',
  writer: 'ledger',
  key: (fact) => fact.group,
  subject: (fact) => fact.advisory,
  madeFrom: (fact) => [keys.advisory(fact.advisory)],
  ordered: true,
})
export class AdvisoryWithdrawn {
  @Text(128) advisory: string;
  @Text(64) group: string;
  @Text(300) reason: string;
}
