import { Count, Maybe, Text, Texts } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';

/** A message reached its receiver. */
@Fact<DeliverySucceeded>({
  type: 'delivery.succeeded',
  topic: 'delivery',
  writer: 'notifier',
  key: (fact) => fact.delivery,
  subject: (fact) => fact.delivery,
  makes: (fact) => [keys.delivery(fact.delivery)],
  madeFrom: (fact) => fact.causes,
})
export class DeliverySucceeded {
  @Text(64) delivery: string;
  /** Kind of channel: slack, email, webhook, scm-status. */
  @Text(64) channel: string;
  @Text(300) summary: string;
  @Count(1) attempts: number;
  /** Id at the receiver, by which a second send is recognised. */
  @Maybe() @Text(300) receipt?: string;
  @Texts(20, 1200) causes: string[];
}

/** A message could not be delivered and will not be tried again by itself. */
@Fact<DeliveryFailed>({
  type: 'delivery.failed',
  topic: 'delivery',
  writer: 'notifier',
  key: (fact) => fact.delivery,
  subject: (fact) => fact.delivery,
  makes: (fact) => [keys.delivery(fact.delivery)],
  madeFrom: (fact) => fact.causes,
})
export class DeliveryFailed {
  @Text(64) delivery: string;
  @Text(64) channel: string;
  @Text(300) summary: string;
  @Count(1) attempts: number;
  @Text(500) reason: string;
  @Texts(20, 1200) causes: string[];
}
