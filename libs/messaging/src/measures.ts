import { Injectable } from '@nestjs/common';
import { Metrics, type Counter, type Histogram } from '@throughline/service';

/** What is counted where it happens: facts that leave and come in, and work that is done. */
@Injectable()
export class Measures {
  readonly sent: Counter;
  readonly refused: Counter;
  readonly sendSeconds: Histogram;
  readonly handlerSeconds: Histogram;
  readonly marked: Counter;
  readonly skipped: Counter;
  readonly workSeconds: Histogram;

  constructor(metrics: Metrics) {
    this.sent = metrics.counter('throughline_facts_sent_total', 'Facts that the broker took, by topic.');
    this.refused = metrics.counter(
      'throughline_facts_refused_total',
      'Facts that the broker refuses for good, by topic: each is a held record.',
    );
    this.sendSeconds = metrics.histogram('throughline_relay_send_seconds', 'One send of the relay to the broker.');
    this.handlerSeconds = metrics.histogram(
      'throughline_fact_handler_seconds',
      'One call of a handler of facts, by consumer, type and result.',
    );
    this.marked = metrics.counter('throughline_inbox_facts_total', 'Facts by consumer, and whether they were new or came once more.');
    this.skipped = metrics.counter('throughline_facts_skipped_total', 'Records that were passed over, by consumer and reason.');
    this.workSeconds = metrics.histogram('throughline_work_seconds', 'Work by kind and result.', [0.1, 0.5, 1, 5, 15, 60, 300, 900]);
  }
}

/** Measures how long work takes, and whether it failed. */
export async function timed<T>(seconds: Histogram, labels: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  let result = 'failed';
  try {
    const answer = await work();
    result = 'done';
    return answer;
  } finally {
    seconds.observe((performance.now() - started) / 1000, { ...labels, result });
  }
}
