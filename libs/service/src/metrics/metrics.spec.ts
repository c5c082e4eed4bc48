import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.ts';

/** Without what every registry tells. */
async function own(metrics: Metrics): Promise<string> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => !line.includes('throughline_metric_lookups_failed_total')).join('\n');
}

describe('metrics', () => {
  it('are told in the text format of Prometheus', async () => {
    const metrics = new Metrics();
    metrics.counter('facts_total', 'Facts.').add({ type: 'a"b\\c\nd' }, 2);
    metrics.gauge('waiting', 'Rows.', () => 7);

    expect(await own(metrics)).toBe(
      '# HELP facts_total Facts.\n# TYPE facts_total counter\nfacts_total{type="a\\"b\\\\c\\nd"} 2\n# HELP waiting Rows.\n# TYPE waiting gauge\nwaiting 7\n',
    );
  });

  it('count observations up to each bound', async () => {
    const metrics = new Metrics();
    const seconds = metrics.histogram('request_seconds', 'Requests.', [0.1, 1]);

    seconds.observe(0.05, { route: '/a' });
    seconds.observe(0.5, { route: '/a' });
    seconds.observe(5, { route: '/a' });

    expect((await own(metrics)).split('\n').slice(2, -1)).toEqual([
      'request_seconds_bucket{route="/a",le="0.1"} 1',
      'request_seconds_bucket{route="/a",le="1"} 2',
      'request_seconds_bucket{route="/a",le="+Inf"} 3',
      'request_seconds_sum{route="/a"} 5.55',
      'request_seconds_count{route="/a"} 3',
    ]);
  });

  it('stay bounded whatever the labels', async () => {
    const metrics = new Metrics();
    const counter = metrics.counter('c', 'C.');

    for (let value = 0; value < 5_000; value += 1) counter.add({ value: String(value) });

    expect((await own(metrics)).split('\n').length).toBeLessThan(2_010);
  });

  it('are looked up together and once for those who ask at the same time', async () => {
    const metrics = new Metrics();
    let looks = 0;
    metrics.gauges({ rows: 'Rows.', oldest: 'Age.' }, async () => {
      looks += 1;
      return [
        { name: 'rows', value: 2, labels: { state: 'open' } },
        { name: 'oldest', value: 1.5 },
      ];
    });

    const [text] = await Promise.all([own(metrics), own(metrics)]);

    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual(['rows{state="open"} 2', 'oldest 1.5', '']);
    expect(looks).toBe(1);
  });

  it('are absent when they cannot be looked up, and that is counted', async () => {
    const metrics = new Metrics();
    metrics.gauges({ rows: 'Rows.' }, () => Promise.reject(new Error('the database is away')));

    const text = await metrics.text();

    expect(text).not.toMatch(/^rows/m);
    expect(text).toContain('throughline_metric_lookups_failed_total 1\n');
  });
});
