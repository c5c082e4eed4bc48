export { Broker, type SeenRecord } from './broker.ts';
export { eventually } from './eventually.ts';
export { infra, type Infra, type Platform } from './infra.ts';
export { SignedCaller, type SignedAnswer, type SignedCall } from './signed-caller.ts';
export { orphansOf, otlpReceiver, type OtlpReceiver, type SeenSpan } from './spans.ts';
