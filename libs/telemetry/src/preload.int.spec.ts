import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orphansOf, otlpReceiver, type OtlpReceiver, type SeenSpan } from '@throughline/testing';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

let receiver: OtlpReceiver;
let answered: string;

beforeAll(async () => {
  receiver = await otlpReceiver();
  const child = spawn(process.execPath, ['--import', path('../dist/preload.js'), path('fixtures/two-services.mjs')], {
    env: { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  answered = '';
  child.stdout.on('data', (chunk: Buffer) => (answered += chunk.toString()));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the fixture ended with ${String(code)}`);
}, 30_000);

afterAll(() => receiver.close());

const of = (service: string, name: string): SeenSpan | undefined =>
  receiver.spans().find((span) => span.service === service && span.name === name);

describe('two services in one process, seen by a collector', () => {
  it('have their spans under their own names, in one trace without orphans', () => {
    const door = of('gateway', 'GET /things/:id');

    expect(door?.traceId).toBe(answered);
    expect(of('gateway', 'GET')).toMatchObject({ traceId: answered, parentSpanId: door?.spanId });
    expect(of('ledger', 'GET /things/:id')).toMatchObject({ traceId: answered });
    expect(of('ledger', 'read')).toMatchObject({ traceId: answered });
    expect(orphansOf(receiver.spans())).toEqual([]);
  });

  it('link the trace of a stranger once, at the door, and do not continue it', () => {
    const linked = receiver.spans().filter(({ links }) => links.length > 0);

    expect(linked).toEqual([of('gateway', 'GET /things/:id')]);
    expect(linked[0]).toMatchObject({ parentSpanId: undefined });
    expect(linked[0]!.links).not.toContain(answered);
  });

  it('tell neither addresses with their queries nor headers', () => {
    expect(JSON.stringify(receiver.spans())).not.toMatch(/hidden|secret-agent|url\./);
  });
});
