import { randomUUID } from 'node:crypto';
import { Blobs } from '@throughline/blobs';
import {
  Coverage,
  EvidenceReceived,
  FindingsEvaluated,
  Lineage,
  make,
  ScanCompleted,
  ScanFailed,
  SourceSubject,
  topicName,
  type AdvisoryImportAnswer,
  type FindingAnswer,
  type NewFact,
} from '@throughline/contracts';
import type { Component, Finding, ReportLine } from '@throughline/findings';
import { Database, runService, type Identity, type RunningService, type ServiceDefinition } from '@throughline/service';
import { Broker } from './broker.ts';
import { eventually } from './eventually.ts';
import { FactPublisher } from './fact-publisher.ts';
import { infra, type Platform } from './infra.ts';
import { SignedCaller, type SignedAnswer, type SignedCall } from './signed-caller.ts';

/** A scan as a test tells it; what is left out does not matter to the test. */
export interface Scan {
  readonly repository?: string;
  /** One letter or digit stands for the whole id. */
  readonly commit: string;
  readonly position: number;
  readonly seq?: number;
  readonly tool?: string;
  readonly ruleset?: string;
  readonly line?: string;
  readonly base?: string;
  readonly baseline?: boolean;
  readonly findings?: readonly Finding[];
  readonly components?: readonly Component[];
}

type Method = Parameters<SignedCaller['call']>[0];

export const commitId = (letter: string): string => letter.repeat(40).slice(0, 40);

/** The ledger on a real Postgres and Kafka, with what stands around it. */
export class LedgerInTest {
  private constructor(
    readonly service: RunningService,
    private readonly caller: SignedCaller,
    private readonly platform: Platform,
    private readonly publisher: FactPublisher,
    private readonly broker: Broker,
    private readonly blobs: Blobs,
  ) {}

  /** @param more variables beside those that it always gets */
  static async start(definition: ServiceDefinition, more: Readonly<Record<string, string>> = {}): Promise<LedgerInTest> {
    const held = await infra();
    const platform = await held.fresh(['ledger', 'gateway'], { topics: ['change', 'evidence', 'finding', 'advisory', 'policy'] });
    const env = { ...platform.environment('ledger'), ...more };
    const service = await runService(definition, env);
    const caller = new SignedCaller(service, platform);
    return new LedgerInTest(service, caller, platform, new FactPublisher(held, platform), new Broker(held), new Blobs(env['BLOBS_DIR']!));
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.platform.remove();
  }

  publish(...facts: readonly NewFact[]): Promise<void> {
    return this.publisher.publish(...facts);
  }

  /** Calls as the gateway does for a user. */
  call<T>(method: Method, path: string, sent?: SignedCall): Promise<SignedAnswer<T>> {
    return this.caller.call<T>(method, path, sent);
  }

  /** The first page of the findings that a query finds. */
  async findings(query: string): Promise<readonly FindingAnswer[]> {
    return (await this.call<{ items: FindingAnswer[] }>('GET', `/api/v1/findings?${query}`)).body.items;
  }

  /** Sends a file as it is. */
  send(path: string, body: Buffer, user: Partial<Identity> = {}): Promise<SignedAnswer<unknown>> {
    return this.call('POST', path, { body, user, headers: { 'content-type': 'application/octet-stream' } });
  }

  /** Imports advisories, and waits until what they touch was evaluated. Throws unless they were taken in (202). */
  async importAdvisories(records: readonly object[], query = ''): Promise<AdvisoryImportAnswer> {
    const lines = records.map((record) => JSON.stringify(record)).join('\n');
    const { status, body } = await this.send(`/api/v1/advisories${query}`, Buffer.from(lines));
    if (status !== 202) throw new Error(`the advisories were not taken in: ${status} ${JSON.stringify(body)}`);
    await this.idle();
    return body as AdvisoryImportAnswer;
  }

  rows<R>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return this.service.get(Database).rows<R>(sql, params);
  }

  /** Sends a completed scan and waits until it was applied. */
  async scan(scan: Scan): Promise<ScanCompleted> {
    const fact = await this.completed(scan);
    await this.publish({ fact, deliveryKey: fact.run });
    await this.applied(fact.run);
    return fact;
  }

  /** Sends an uploaded report and waits until it was applied. */
  async upload(scan: Scan, { scope = '', complete = false, confirmed = false } = {}): Promise<EvidenceReceived> {
    const { subject, seq, tool, finds, lineage, report, findings, finishedAt } = await this.completed(scan);
    const run = randomUUID();
    const about = { subject, seq, run, tool, format: 'sarif', finds, lineage, report, findings, finishedAt };
    const fact = make(EvidenceReceived, { ...about, coverage: make(Coverage, { scope, complete }), assurance: 'claimed', confirmed });
    await this.publish({ fact, deliveryKey: run });
    await this.applied(run);
    return fact;
  }

  /** Sends a failed scan and waits until it was applied. */
  async fail(scan: Scan): Promise<void> {
    const { seq, run, tool, finds, lineage, subject } = await this.completed(scan);
    const fact = make(ScanFailed, {
      subject,
      seq,
      run,
      tool,
      finds,
      lineage,
      reason: 'killed after 600 s',
      attempts: 3,
      finishedAt: now(),
    });
    await this.publish({ fact, deliveryKey: run });
    await this.applied(run);
  }

  async completed(scan: Scan): Promise<ScanCompleted> {
    const { findings = [], components = [] } = scan;
    const lines: ReportLine[] = [
      ...findings.map((finding) => ({ kind: 'finding' as const, finding })),
      ...components.map((component) => ({ kind: 'component' as const, component })),
    ];
    return scanCompleted(scan, await this.store(lines));
  }

  /** Lays down a report and answers its digest. */
  async store(lines: readonly ReportLine[]): Promise<string> {
    return (await this.blobs.put(lines.map((one) => `${JSON.stringify(one)}\n`).join(''))).digest;
  }

  /** Every evaluation that was told about an item, in order. */
  async evaluations(commit: string, seq = 1): Promise<FindingsEvaluated[]> {
    const records = await this.broker.records(topicName('finding', this.platform.prefix));
    return records
      .filter(({ headers }) => headers['ce_type']?.includes('findings.evaluated'))
      .map(({ value }) => JSON.parse(value) as FindingsEvaluated)
      .filter((fact) => fact.subject.commit === commitId(commit) && fact.seq === seq);
  }

  /** Everything that was told about findings, in order. */
  async records(): Promise<{ readonly type: string; readonly value: string }[]> {
    const records = await this.broker.records(topicName('finding', this.platform.prefix));
    return records.map(({ headers, value }) => ({ type: headers['ce_type'] ?? '', value }));
  }

  /** Waits until no work is open. */
  async idle(): Promise<void> {
    await eventually(async () => {
      const open = await this.rows("select kind from work where state <> 'dead' union all select topic from outbox");
      if (open.length > 0) throw new Error(`work is still open: ${JSON.stringify(open)}`);
    }, 30_000);
  }

  private async applied(run: string): Promise<void> {
    await eventually(async () => {
      const [known] = await this.rows('select 1 from evaluation where run = $1', [run]);
      const held = await this.rows<{ error: string }>('select error from held_record');
      if (!known) throw new Error(`the run was not applied; held: ${JSON.stringify(held)}`);
    }, 30_000);
  }
}

/** The fact about a scan whose report lies under a digest. */
export function scanCompleted(scan: Scan, report: string): ScanCompleted {
  const { findings = [], components = [], repository = 'git.example/acme/shop', seq = 1, line = 'refs/heads/main' } = scan;
  const tool = scan.tool ?? (components.length > 0 ? 'dependencies' : 'bandit');
  return make(ScanCompleted, {
    subject: make(SourceSubject, {
      repository,
      commit: commitId(scan.commit),
      ref: line,
      ...(scan.base !== undefined && { base: commitId(scan.base) }),
      ...(scan.baseline && { baseline: true }),
    }),
    seq,
    run: randomUUID(),
    tool,
    toolVersion: '1.0.0',
    finds: ['code'],
    lineage: make(Lineage, { line, tool, ruleset: scan.ruleset ?? 'r1', position: scan.position }),
    report,
    findings: findings.length,
    components: components.length,
    ecosystems: [...new Set(components.map(({ ecosystem }) => ecosystem))],
    assurance: 'own',
    sandbox: 'namespaces',
    cached: false,
    durationMs: 5,
    finishedAt: now(),
  });
}

function now(): string {
  return new Date().toISOString();
}

/** A result of a code scanner in a file. */
export function codeFinding(rule: string, over: Partial<Finding> = {}): Finding {
  return {
    class: 'code',
    rule,
    title: `Finding of ${rule}`,
    severity: 'high',
    location: { path: 'app/main.py', line: 7, snippet: `call(${rule})` },
    ...over,
  };
}

/** A locked package. */
export function component(name: string, version: string, over: Partial<Component> = {}): Component {
  return {
    purl: `pkg:npm/${name}@${version}`,
    ecosystem: 'npm',
    name,
    version,
    manifest: 'package-lock.json',
    direct: true,
    scope: 'runtime',
    ...over,
  };
}

/** An OSV record about an npm package. */
export function osvRecord(id: string, name: string, events: readonly object[], over: object = {}): object {
  return {
    id,
    modified: '2026-01-01T00:00:00Z',
    summary: `${id} in ${name}`,
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
    ...over,
  };
}
