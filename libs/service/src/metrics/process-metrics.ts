import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { droppedSpans } from '@throughline/telemetry';
import type { Metrics } from './metrics.ts';

const resolutionMs = 20;

/** What every service tells of its process; services in one process tell the same. */
export function measureProcess(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const started = Date.now() / 1000 - performance.now() / 1000;
  metrics.gauge('process_start_time_seconds', 'When the process started.', () => started);
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  metrics.gauge('process_cpu_seconds_total', 'Processor time used.', () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6);
  // Since it was asked last: what happened hours ago must not hide what happens now.
  metrics.gauge('nodejs_eventloop_lag_p99_seconds', 'Delay of the main thread since the last look, 99th percentile.', () =>
    seconds(delay.percentile(99)),
  );
  metrics.gauge('nodejs_eventloop_lag_max_seconds', 'Longest delay of the main thread since the last look.', () => {
    const most = seconds(delay.max);
    delay.reset();
    return most;
  });
  metrics.gauge('throughline_dropped_spans_total', 'Spans that were lost: any but 0 means traces with holes.', droppedSpans);
  return () => void delay.disable();
}

/** What is measured is the interval of a timer, which is never shorter than its resolution. */
function seconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000);
}
