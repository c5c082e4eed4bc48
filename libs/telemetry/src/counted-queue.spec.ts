import { describe, expect, it } from '@jest/globals';
import { ExportResultCode } from '@opentelemetry/core';
import { TracerProvider, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { CountedQueue } from './counted-queue.ts';

function exporter(code: ExportResultCode, received: ReadableSpan[] = []): SpanExporter {
  return {
    export: (spans, done) => {
      received.push(...spans);
      done({ code });
    },
    shutdown: async () => undefined,
  };
}

const end = (queue: CountedQueue, spans: number): void => {
  const tracer = new TracerProvider({ spanProcessors: [queue] }).getTracer('test');
  for (let made = 0; made < spans; made += 1) tracer.startSpan('one').end();
};

describe('the queue of spans', () => {
  it('counts what did not fit', async () => {
    const answers: (() => void)[] = [];
    const stuck = {
      ...exporter(ExportResultCode.SUCCESS),
      export: (_spans: unknown, done: (result: { code: number }) => void) => void answers.push(() => done({ code: 0 })),
    };
    const queue = new CountedQueue(stuck);

    end(queue, 40_000);

    // One batch had left the queue before it was full.
    expect(queue.dropped).toBe(40_000 - 32_768 - 2_048);
    const flushed = queue.forceFlush();
    answers.forEach((answer) => answer());
    await flushed;
  });

  it('counts what the collector refused', async () => {
    const queue = new CountedQueue(exporter(ExportResultCode.FAILED));

    end(queue, 10);
    await queue.forceFlush();

    expect(queue.dropped).toBe(10);
  });
});
