import { Lookup, type Labels, type Reading } from './lookup.ts';

/** Counts up. */
export interface Counter {
  add(labels?: Labels, by?: number): void;
}

/** Counts observations by size. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

interface Family {
  readonly head: string;
  readonly lines: () => string[];
}

/** More combinations of labels than this are a mistake; further ones are not kept. */
const maxSeries = 2_000;
const seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The measurements of one service, in the text format of Prometheus. */
export class Metrics {
  private readonly families = new Map<string, Family>();
  private readonly lookups: Lookup[] = [];
  private readonly unread = this.counter('throughline_metric_lookups_failed_total', 'Values that could not be looked up, and are absent.');

  counter(name: string, help: string): Counter {
    const series = new Map<string, number>();
    this.declare(name, help, 'counter', () => [...series].map(([labels, value]) => `${name}${labels} ${value}`));
    return {
      add: (labels, by = 1) => {
        const key = textOf(labels);
        if (series.has(key) || series.size < maxSeries) series.set(key, (series.get(key) ?? 0) + by);
      },
    };
  }

  /** The value is asked for when somebody looks. */
  gauge(name: string, help: string, read: () => number): void {
    this.declare(name, help, 'gauge', () => [`${name} ${read()}`]);
  }

  /** Gauges that have to be looked up, by name with what they tell: read together when somebody looks. */
  gauges(helps: Readonly<Record<string, string>>, read: () => Promise<readonly Reading[]>): void {
    const lookup = new Lookup(read, () => this.unread.add());
    this.lookups.push(lookup);
    for (const [name, help] of Object.entries(helps)) {
      this.declare(name, help, 'gauge', () => lookup.of(name).map(({ labels, value }) => `${name}${textOf(labels)} ${value}`));
    }
  }

  /** Buckets are upper bounds, in seconds unless given. */
  histogram(name: string, help: string, buckets: readonly number[] = seconds): Histogram {
    const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();
    this.declare(name, help, 'histogram', () =>
      [...series.values()].flatMap(({ labels, counts, sum, count }) => [
        ...buckets.map((bound, at) => `${name}_bucket${textOf({ ...labels, le: String(bound) })} ${counts[at]!}`),
        `${name}_bucket${textOf({ ...labels, le: '+Inf' })} ${count}`,
        `${name}_sum${textOf(labels)} ${sum}`,
        `${name}_count${textOf(labels)} ${count}`,
      ]),
    );
    return {
      observe: (value, labels = {}) => {
        const key = textOf(labels);
        const known = series.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
        if (!series.has(key) && series.size >= maxSeries) return;
        buckets.forEach((bound, at) => (known.counts[at]! += value <= bound ? 1 : 0));
        series.set(key, { ...known, sum: known.sum + value, count: known.count + 1 });
      },
    };
  }

  /** Everything, as it is now. */
  async text(): Promise<string> {
    await Promise.all(this.lookups.map((lookup) => lookup.refresh()));
    return [...this.families.values()].flatMap(({ head, lines }) => [head, ...lines()]).join('\n') + '\n';
  }

  private declare(name: string, help: string, type: string, lines: () => string[]): void {
    if (this.families.has(name)) throw new Error(`two metrics are named ${name}`);
    this.families.set(name, { head: `# HELP ${name} ${help}\n# TYPE ${name} ${type}`, lines });
  }
}

function textOf(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
