import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.ts';

describe('metrics', () => {
  it('are told in the text format of Prometheus', () => {
    const metrics = new Metrics();
    metrics.counter('facts_total', 'Facts.').add({ type: 'a"b\\c\nd' }, 2);
    metrics.gauge('waiting', 'Rows.', () => 7);

    expect(metrics.text()).toBe(
      '# HELP facts_total Facts.\n# TYPE facts_total counter\nfacts_total{type="a\\"b\\\\c\\nd"} 2\n# HELP waiting Rows.\n# TYPE waiting gauge\nwaiting 7\n',
    );
  });

  it('count observations up to each bound', () => {
    const metrics = new Metrics();
    const seconds = metrics.histogram('request_seconds', 'Requests.', [0.1, 1]);

    seconds.observe(0.05, { route: '/a' });
    seconds.observe(0.5, { route: '/a' });
    seconds.observe(5, { route: '/a' });

    expect(metrics.text().split('\n').slice(2, -1)).toEqual([
      'request_seconds_bucket{route="/a",le="0.1"} 1',
      'request_seconds_bucket{route="/a",le="1"} 2',
      'request_seconds_bucket{route="/a",le="+Inf"} 3',
      'request_seconds_sum{route="/a"} 5.55',
      'request_seconds_count{route="/a"} 3',
    ]);
  });

  it('stay bounded whatever the labels', () => {
    const metrics = new Metrics();
    const counter = metrics.counter('c', 'C.');

    for (let value = 0; value < 5_000; value += 1) counter.add({ value: String(value) });

    expect(metrics.text().split('\n').length).toBeLessThan(2_010);
  });
});
