import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { droppedSpans } from '@throughline/telemetry';
import type { Metrics } from './metrics.ts';

/** What every service tells of its process; services in one process tell the same. */
export function measureProcess(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const started = Date.now() / 1000 - performance.now() / 1000;
  metrics.gauge('process_start_time_seconds', 'When the process started.', () => started);
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  metrics.gauge('process_cpu_seconds_total', 'Processor time used.', () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6);
  metrics.gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'Delay of the main thread, 99th percentile since the start.',
    () => delay.percentile(99) / 1e9,
  );
  metrics.gauge('throughline_dropped_spans_total', 'Spans that were lost: any but 0 means traces with holes.', droppedSpans);
  return () => void delay.disable();
}
