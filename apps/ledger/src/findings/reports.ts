import { Injectable } from '@nestjs/common';
import { rows, withoutNulls, type Tx } from '@throughline/service';
import { chunksOf, given } from '../bulk.ts';
import { Components } from '../inventory/components.ts';
import { Sboms } from '../inventory/sboms/sboms.ts';
import type { SeenAt } from './evaluated-fact.ts';
import { FindingRows, type Scope } from './finding-rows.ts';
import type { ReportContent } from './report-content.ts';
import { ReportedVulnerabilities } from './reported-vulnerabilities.ts';
import { sightedIn, type Place, type Sighted } from './sighted.ts';

const chunkSize = 5_000;

interface Sighting extends Place {
  readonly number: string;
  readonly place: number;
}

/** Reports by the digest of their content: one that comes again for another commit is already there. */
@Injectable()
export class Reports {
  constructor(
    private readonly findings: FindingRows,
    private readonly components: Components,
    private readonly reported: ReportedVulnerabilities,
    private readonly sboms: Sboms,
  ) {}

  /** Id of a report, and what it says written down when it is new; the repository must be locked and its components registered. */
  async store(tx: Tx, scope: Scope, digest: string, content: ReportContent): Promise<string> {
    const key = [scope.repository, Buffer.from(digest.replace('sha256:', ''), 'hex')];
    const [known] = await rows<{ id: string }>(tx, 'select id from report where repository = $1 and digest = $2', key);
    if (known) return known.id;
    const [created] = await rows<{ id: string }>(tx, 'insert into report (repository, digest) values ($1, $2) returning id', key);
    const sighted = sightedIn(content.findings, scope.repository, await this.reported.groupsOf(tx, content.findings));
    const numbers = await this.findings.resolve(tx, scope, sighted);
    const sightings = sightingsOf(sighted, numbers);
    for (const chunk of chunksOf(sightings, chunkSize)) await this.insertSightings(tx, created!.id, chunk);
    for (const chunk of chunksOf(content.components, chunkSize)) await this.components.place(tx, created!.id, chunk);
    await this.sboms.describe(tx, created!.id, content);
    return created!.id;
  }

  /** Numbers of the findings in a report, each with its first place, and with the package that it is about. */
  async findingsIn(tx: Tx, report: string): Promise<ReadonlyMap<string, SeenAt>> {
    const seen = await rows<{ [K in keyof SeenAt]: SeenAt[K] | null } & { number: string }>(
      tx,
      `select distinct on (1) coalesce(f.alias_of, f.number) as number, s.path, s.line, f.purl, f.fixed_in as "fixedIn"
       from sighting s join finding f on f.number = s.finding_number where s.report_id = $1 order by 1, s.place`,
      [report],
    );
    return new Map(seen.map(({ number, ...at }) => [number, withoutNulls(at)]));
  }

  private async insertSightings(tx: Tx, report: string, sightings: readonly Sighting[]): Promise<void> {
    const table = given(
      sightings,
      {
        number: { type: 'bigint', of: ({ number }) => number },
        place: { type: 'int', of: ({ place }) => place },
        path: { type: 'text', of: ({ path }) => path },
        line: { type: 'int', of: ({ line }) => line },
        column_number: { type: 'int', of: ({ column }) => column },
      },
      2,
    );
    await rows(
      tx,
      `insert into sighting (report_id, finding_number, place, path, line, column_number)
       select $1, ${table.names} from ${table.sql} on conflict do nothing`,
      [report, ...table.params],
    );
  }
}

/** Results that are the same finding are further places of it. */
function sightingsOf(sighted: readonly Sighted[], numbers: readonly string[]): readonly Sighting[] {
  const places = new Map<string, number>();
  return sighted.flatMap((one, index) => {
    const number = numbers[index]!;
    const first = places.get(number) ?? 0;
    places.set(number, first + one.places.length);
    return one.places.map((place, at) => ({ ...place, number, place: first + at }));
  });
}
