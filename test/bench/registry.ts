import type { Bench } from './bench.ts';
import { acceptAmongMany } from './benches/accept-among-many.ts';
import { atRest } from './benches/at-rest.ts';
import { blastRadius } from './benches/blast-radius.ts';
import { chainRead } from './benches/chain-read.ts';
import { eventLoop } from './benches/event-loop.ts';
import { findingExport } from './benches/finding-export.ts';
import { findingList } from './benches/finding-list.ts';
import { freshPushBehindAQueue } from './benches/fresh-push-behind-a-queue.ts';
import { gate } from './benches/gate.ts';
import { importFindings } from './benches/import-findings.ts';
import { matching } from './benches/matching.ts';
import { outboxToHandler } from './benches/outbox-to-handler.ts';
import { policyEvaluation } from './benches/policy-evaluation.ts';
import { pushToDecision } from './benches/push-to-decision.ts';
import { pushToMessage } from './benches/push-to-message.ts';
import { sarifReading } from './benches/sarif-reading.ts';
import { webhookAccept } from './benches/webhook-accept.ts';
import { webhookSteady } from './benches/webhook-steady.ts';

/** In the order in which they run. */
export const benches: readonly Bench[] = [
  policyEvaluation,
  sarifReading,
  webhookAccept,
  webhookSteady,
  acceptAmongMany,
  outboxToHandler,
  importFindings,
  findingList,
  findingExport,
  matching,
  blastRadius,
  eventLoop,
  chainRead,
  pushToDecision,
  pushToMessage,
  freshPushBehindAQueue,
  atRest,
  gate,
];
