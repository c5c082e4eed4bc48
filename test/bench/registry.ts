import type { Bench } from './bench.ts';
import { chainRead } from './benches/chain-read.ts';
import { eventLoop } from './benches/event-loop.ts';
import { gate } from './benches/gate.ts';
import { importFindings } from './benches/import-findings.ts';
import { outboxToHandler } from './benches/outbox-to-handler.ts';
import { policyEvaluation } from './benches/policy-evaluation.ts';
import { pushToDecision } from './benches/push-to-decision.ts';
import { sarifReading } from './benches/sarif-reading.ts';
import { webhookAccept } from './benches/webhook-accept.ts';
import { webhookSteady } from './benches/webhook-steady.ts';

/** In the order in which they run. */
export const benches: readonly Bench[] = [
  policyEvaluation,
  sarifReading,
  webhookAccept,
  webhookSteady,
  outboxToHandler,
  importFindings,
  eventLoop,
  chainRead,
  pushToDecision,
  gate,
];
