import { Injectable } from '@nestjs/common';
import type { Waiver } from '@throughline/policy';
import type { Tx } from '@throughline/service';
import { waiverOf } from '../waivers/waiver-for-judging.ts';
import { WaiverRows } from '../waivers/waiver-rows.ts';
import { TriagedFindings } from './triage.ts';

/** What people said of the findings of a repository, at one moment. */
export interface Ruled {
  /** By finding, whether it was dismissed. */
  readonly triaged: ReadonlyMap<string, boolean>;
  /** Those that hold at that moment. */
  readonly waivers: readonly Waiver[];
}

/** What people said of findings: which are none, and which are accepted. */
@Injectable()
export class Rulings {
  constructor(
    private readonly triaged: TriagedFindings,
    private readonly waivers: WaiverRows,
  ) {}

  async of(tx: Tx, repository: string): Promise<Ruled> {
    const [triaged, holding] = await Promise.all([this.triaged.of(tx, repository), this.waivers.holding(tx, repository)]);
    return { triaged, waivers: holding.map(waiverOf) };
  }

  /** Changes with everything that they say. */
  async asOf(tx: Tx, repository: string): Promise<string> {
    const [triaged, waivers] = await Promise.all([this.triaged.asOf(tx, repository), this.waivers.asOf(tx, repository)]);
    return `${triaged}${waivers}`;
  }
}
