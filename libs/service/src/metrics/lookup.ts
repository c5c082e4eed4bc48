/** Values by which a measurement is told apart: words of closed lists, never names of teams, repositories or people. */
export type Labels = Readonly<Record<string, string>>;

/** A value that was looked up, under the name of its metric. */
export interface Reading {
  readonly name: string;
  readonly value: number;
  readonly labels?: Labels;
}

const limitMs = 2_000;
/** Who asks twice within a second gets one answer: the door to measurements is open, and a look costs a query. */
const freshMs = 1_000;

/** Readings that cost a look, taken together and only when somebody asks. */
export class Lookup {
  private readings: readonly Reading[] = [];
  private at = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | undefined;

  constructor(
    private readonly read: () => Promise<readonly Reading[]>,
    private readonly failed: () => void,
  ) {}

  /** Resolves when the readings are fresh. What could not be read has none: an absent value must not look like the last one. */
  refresh(): Promise<void> {
    if (performance.now() - this.at < freshMs) return Promise.resolve();
    return (this.running ??= this.look().finally(() => (this.running = undefined)));
  }

  of(name: string): readonly Reading[] {
    return this.readings.filter((reading) => reading.name === name);
  }

  private async look(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
    });
    try {
      this.readings = await Promise.race([this.read(), late]);
    } catch {
      this.readings = [];
      this.failed();
    } finally {
      clearTimeout(timer);
      this.at = performance.now();
    }
  }
}
