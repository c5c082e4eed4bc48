import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { envelopeOf, EvidencePlanned, FindingsEvaluated, make, ScanCompleted } from '@throughline/contracts';
import { Database, runService, ServiceConfig, type RunningService } from '@throughline/service';
import { flushTelemetry, inSpan, startTelemetry, traceIdNow } from '@throughline/telemetry';
import {
  eventually,
  infra,
  orphansOf,
  otlpReceiver,
  scanCompleted,
  type OtlpReceiver,
  type Platform,
  type SeenSpan,
} from '@throughline/testing';
import { Inbox, MessagingModule, messagingMigrations, OnEvent, Outbox, WorkQueue } from '../index.ts';

jest.setTimeout(60_000);

/** A fact becomes work, and the work another fact. */
@Controller()
class PlanHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: WorkQueue,
  ) {}

  @OnEvent(EvidencePlanned, { batch: 10 })
  async handle(plans: readonly EvidencePlanned[]): Promise<void> {
    await this.inbox.onceAll(plans, (fresh, tx) =>
      this.queue.add(tx, ...fresh.map((plan) => ({ kind: 'look', payload: { because: envelopeOf(plan) } }))),
    );
  }
}

@Module({ controllers: [PlanHandler] })
class PlansModule {
  constructor(
    private readonly queue: WorkQueue,
    private readonly outbox: Outbox,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.queue.handle<{ because: ReturnType<typeof envelopeOf> }>('look', { concurrency: 2, leaseSeconds: 10, maxAttempts: 2 }, (lease) =>
      this.database.transaction(async (tx) => {
        await this.outbox.add(tx, { fact: evaluated(), deliveryKey: lease.payload.because.id, because: lease.payload.because });
        await lease.complete(tx);
      }),
    );
  }
}

/** Only keeps what it is told. */
@Controller()
class KeepHandler {
  static calls: string[][] = [];

  @OnEvent<object>([EvidencePlanned, ScanCompleted], { batch: 10, acrossTraces: true, mayWait: true })
  async handle(facts: readonly object[]): Promise<void> {
    KeepHandler.calls.push(facts.map(({ constructor }) => constructor.name).sort());
    await Promise.resolve();
  }
}

@Module({ controllers: [KeepHandler] })
class KeepModule {}

@Module({ imports: [MessagingModule.forService('ledger'), PlansModule, KeepModule] })
class LedgerModule {}

@Controller()
class EvaluationHandler {
  static seen: { traceparent?: string; causationid?: string }[] = [];

  @OnEvent(FindingsEvaluated)
  async handle(fact: FindingsEvaluated): Promise<void> {
    EvaluationHandler.seen.push(envelopeOf(fact));
    await Promise.resolve();
  }
}

@Module({ controllers: [EvaluationHandler] })
class EvaluationsModule {}

@Module({ imports: [MessagingModule.forService('scanner-orchestrator'), EvaluationsModule] })
class OrchestratorModule {}

let collector: OtlpReceiver;
let platform: Platform;
let orchestrator: RunningService;
let ledger: RunningService;

beforeAll(async () => {
  collector = await otlpReceiver();
  startTelemetry(new OTLPTraceExporter({ url: `${collector.url}/v1/traces` }));
  platform = await (await infra()).fresh(['ledger', 'scanner-orchestrator'], { topics: ['evidence', 'finding'] });
  const start = (name: 'ledger' | 'scanner-orchestrator', module: new () => object): Promise<RunningService> =>
    runService({ name, config: ServiceConfig, module, migrations: messagingMigrations }, platform.environment(name));
  orchestrator = await start('scanner-orchestrator', OrchestratorModule);
  ledger = await start('ledger', LedgerModule);
}, 300_000);

afterAll(async () => {
  await Promise.all([ledger?.close(), orchestrator?.close()]);
  await flushTelemetry();
  await collector?.close();
  await platform?.remove();
});

describe('an episode', () => {
  it('is one trace through outbox, broker, handler and work, each span under its own service', async () => {
    const plans = [1, 2, 3].map((throughSeq) => ({
      fact: make(EvidencePlanned, { subject: subject(), throughSeq, items: [] }),
      deliveryKey: `trace ${throughSeq}`,
    }));

    const trace = await inSpan('accept', { root: true }, async () => {
      await orchestrator.get(Database).transaction((tx) => orchestrator.get(Outbox).add(tx, ...plans));
      return traceIdNow();
    });

    await eventually(() => expect(EvaluationHandler.seen).toHaveLength(3));
    const spans = await eventually(async () => {
      await flushTelemetry();
      const found = collector.spans().filter(({ traceId }) => traceId === trace);
      expect(found.filter(({ name }) => name === 'process throughline.finding.v1')).toHaveLength(3);
      return found;
    });
    expect(orphansOf(spans)).toEqual([]);
    expect(
      pathOf(
        spans,
        spans.find(({ name }) => name === 'process throughline.finding.v1'),
      ),
    ).toEqual([
      'scanner-orchestrator: process throughline.finding.v1',
      'ledger: send throughline.finding.v1',
      'ledger: work look',
      'ledger: process throughline.evidence.v1',
      'scanner-orchestrator: send throughline.evidence.v1',
      'throughline: accept',
    ]);
    for (const { traceparent, causationid } of EvaluationHandler.seen) {
      expect(traceparent).toContain(trace);
      expect(causationid).toBeDefined();
    }
  });
});

describe('a handler that only keeps', () => {
  it('takes facts of several types and episodes in one call, and has a span in each episode', async () => {
    await eventually(() => expect(KeepHandler.calls.flat()).toHaveLength(3));
    const [a, b] = ['a', 'b'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);
    const plan = (throughSeq: number) => make(EvidencePlanned, { subject: subject(), throughSeq, items: [] });
    const scan = scanCompleted({ ...subject(), position: 1, seq: 1, tool: 'secretlint' }, `sha256:${'0'.repeat(64)}`);

    await orchestrator
      .get(Database)
      .transaction((tx) =>
        orchestrator
          .get(Outbox)
          .add(
            tx,
            { fact: plan(11), deliveryKey: 'kept 1', traceparent: a! },
            { fact: plan(12), deliveryKey: 'kept 2', traceparent: b! },
            { fact: scan, deliveryKey: 'kept 3', traceparent: b! },
          ),
      );

    await eventually(() => expect(KeepHandler.calls.at(-1)).toEqual(['EvidencePlanned', 'EvidencePlanned', 'ScanCompleted']));
    await eventually(async () => {
      await flushTelemetry();
      const own = collector.spans().filter(({ attributes }) => attributes['messaging.consumer.group.name'] === 'ledger.keep');
      expect(own.map(({ traceId }) => traceId)).toEqual(expect.arrayContaining(['a'.repeat(32), 'b'.repeat(32)]));
    });
  });
});

function pathOf(spans: readonly SeenSpan[], span: SeenSpan | undefined): string[] {
  if (!span) return [];
  return [
    `${span.service}: ${span.name}`,
    ...pathOf(
      spans,
      spans.find(({ spanId }) => spanId === span.parentSpanId),
    ),
  ];
}

function subject(): EvidencePlanned['subject'] {
  return { repository: 'host/traced', commit: '0'.repeat(40), ref: 'refs/heads/main' };
}

function evaluated(): FindingsEvaluated {
  return make(FindingsEvaluated, {
    subject: subject(),
    seq: 1,
    tool: 'secretlint',
    ruleset: 'r1',
    finds: ['secret'],
    outcome: 'evaluated',
    application: 'unassigned',
    revision: 1,
    present: [],
    totals: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    opened: 0,
    reopened: 0,
    resolved: 0,
    unchanged: 0,
    notEvaluated: [],
    licences: [],
  });
}
