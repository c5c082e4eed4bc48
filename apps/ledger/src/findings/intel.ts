import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';

/** What is known about attacks on a CVE; what is not known is left out. */
export interface Exploitation {
  readonly knownExploited?: boolean;
  readonly epss?: number;
}

/** What the world knows about CVEs. */
@Injectable()
export class Intel {
  async of(tx: Tx, cves: readonly string[]): Promise<ReadonlyMap<string, Exploitation>> {
    if (cves.length === 0) return new Map();
    const known = await rows<{ cve: string; exploited: boolean; epss: number | null }>(
      tx,
      'select cve, kev_added is not null as exploited, epss from intel where cve = any($1::text[])',
      [[...new Set(cves)]],
    );
    return new Map(known.map(({ cve, exploited, epss }) => [cve, { knownExploited: exploited, ...(epss !== null && { epss }) }]));
  }
}
