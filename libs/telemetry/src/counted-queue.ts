import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';

/** forceFlush sends all batches at once and an OTLP exporter takes 30: queue ÷ batch stays below that. */
const queue = { maxQueueSize: 32_768, maxExportBatchSize: 2_048, scheduledDelayMillis: 500 };

/** A batching queue in front of an exporter that knows how many spans it lost, to a full queue or to a failed export. */
export class CountedQueue implements SpanProcessor {
  dropped = 0;
  private waiting = 0;
  private readonly underWay = new Set<Promise<void>>();
  private readonly batches: BatchSpanProcessor;

  constructor(exporter: SpanExporter) {
    this.batches = new BatchSpanProcessor({ ...queue, exporter: this.counting(exporter) });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.waiting >= queue.maxQueueSize) {
      this.dropped += 1;
      return;
    }
    this.waiting += 1;
    this.batches.onEnd(span);
  }

  /** Also waits for what is under way, which the batches themselves do not. */
  async forceFlush(): Promise<void> {
    await Promise.allSettled([this.batches.forceFlush(), ...this.underWay]);
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private counting(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.waiting -= spans.length;
        const sent = new Promise<void>((resolve) => {
          exporter.export(spans, (result: ExportResult) => {
            if (result.code !== ExportResultCode.SUCCESS) this.dropped += spans.length;
            done(result);
            resolve();
          });
        });
        this.underWay.add(sent);
        void sent.finally(() => this.underWay.delete(sent));
      },
      forceFlush: async () => exporter.forceFlush?.(),
      shutdown: () => exporter.shutdown(),
    };
  }
}
