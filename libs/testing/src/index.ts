export { Broker, type SeenRecord } from './broker.ts';
export { eventually } from './eventually.ts';
export { infra, type Infra, type Platform } from './infra.ts';
export { SignedCaller, type SignedAnswer, type SignedCall } from './signed-caller.ts';
export { orphansOf, otlpReceiver, type OtlpReceiver, type SeenSpan } from './spans.ts';
export { FactPublisher } from './fact-publisher.ts';
export { httpReceiver, type HttpReceiver, type ReceivedRequest } from './fakes/http-receiver.ts';
export { mailbox, type Mailbox } from './fakes/mailbox.ts';
export { fakeSlack, type FakeSlack, type SlackMood, type SlackPost } from './fakes/slack.ts';
