/** What one round measured, by name with unit: `p99 ms`, `events/s`. */
export type Sample = Readonly<Record<string, number>>;

/** A measurement over all rounds: medians, and the median of the rounds' ratios. */
export interface Row {
  readonly of: string;
  readonly metric: string;
  readonly ours: number;
  readonly peer?: number;
  /** Ours through the peer's, so that what it means depends on the metric: for a time less is better. */
  readonly ratio?: number;
  readonly rounds: { readonly ours: readonly number[]; readonly peer?: readonly number[] };
}

export interface Setting {
  /** Less of everything: whether it works, and the order of magnitude. */
  readonly short: boolean;
  readonly rounds: number;
  /** Variables for the measured processes. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a measurement has to reach. */
export interface Bar {
  /** Rows whose case contains this. */
  readonly of: string;
  readonly metric: string;
  /** At most, or at least, of our own value or of the ratio. */
  readonly most?: number;
  readonly least?: number;
  readonly ratio?: boolean;
}

/** A benchmark. It starts what it needs and leaves nothing running. */
export interface Bench {
  /** As the file. */
  readonly name: string;
  /** The decision that its numbers are for. */
  readonly decides: string;
  /** Who is measured beside us. */
  readonly peer?: string;
  readonly bars?: readonly Bar[];
  run(setting: Setting): Promise<readonly Row[]>;
}
