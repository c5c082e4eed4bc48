import { Count, Maybe, Text, Texts } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';

/** A delivery ends in one of two facts, which stand at the same place of the chain. */
const aboutDelivery = {
  topic: 'delivery',
  writer: 'notifier',
  key: (fact: DeliverySucceeded | DeliveryFailed) => fact.delivery,
  subject: (fact: DeliverySucceeded | DeliveryFailed) => fact.delivery,
  makes: (fact: DeliverySucceeded | DeliveryFailed) => [keys.delivery(fact.delivery)],
  madeFrom: (fact: DeliverySucceeded | DeliveryFailed) => fact.causes,
} as const;

/** A message reached its receiver. */
@Fact<DeliverySucceeded>({
  type: 'delivery.succeeded',
  ...aboutDelivery,
})
export class DeliverySucceeded {
  @Text(64) delivery: string;
  /** Kind of channel: slack, email, webhook, scm-status, scm-comment. */
  @Text(64) channel: string;
  @Text(300) summary: string;
  @Count(1) attempts: number;
  /** Id at the receiver, by which a second send is recognised. */
  @Maybe() @Text(300) receipt?: string;
  @Maybe() @Text(1024) repository?: string;
  @Texts(20, 1200) causes: string[];
}

/** A message could not be delivered and will not be tried again by itself. */
@Fact<DeliveryFailed>({
  type: 'delivery.failed',
  ...aboutDelivery,
})
export class DeliveryFailed {
  @Text(64) delivery: string;
  @Text(64) channel: string;
  @Text(300) summary: string;
  @Count(1) attempts: number;
  @Text(500) reason: string;
  @Maybe() @Text(1024) repository?: string;
  @Texts(20, 1200) causes: string[];
}
