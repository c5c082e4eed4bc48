import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';

/** A version of a mapping; the highest one of its name applies, unless it is the one that took it away. */
export interface MappingRow {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly finds: readonly string[];
  readonly source: string;
  readonly deleted: boolean;
  readonly by: string;
  readonly at: Date;
}

const columns = 'name, version, title, finds, source, deleted, by_name as by, at';
const latest = `select distinct on (name) ${columns} from report_mapping order by name, version desc`;

/** The mappings of this installation, every version kept: a report that waits is read by the one that it came under. */
@Injectable()
export class MappingRows {
  /** One writer at a time: the number of mappings is bounded. */
  async lock(tx: Tx): Promise<void> {
    await rows(tx, "select pg_advisory_xact_lock(hashtextextended('report mappings', 0))");
  }

  /** Those that apply, by name. */
  all(tx: Tx, after: string, most: number): Promise<MappingRow[]> {
    return rows<MappingRow>(tx, `select * from (${latest}) m where not deleted and name > $1 order by name limit $2`, [after, most]);
  }

  /** Name and version of those that apply. */
  inForce(tx: Tx): Promise<Pick<MappingRow, 'name' | 'version'>[]> {
    return rows(
      tx,
      `select name, version from (select distinct on (name) name, version, deleted from report_mapping order by name, version desc) m
       where not deleted order by name`,
    );
  }

  /** The last version, also one that took it away. */
  async last(tx: Tx, name: string): Promise<MappingRow | undefined> {
    const [row] = await rows<MappingRow>(tx, `select ${columns} from report_mapping where name = $1 order by version desc limit 1`, [name]);
    return row;
  }

  async version(tx: Tx, name: string, version: number): Promise<MappingRow | undefined> {
    const [row] = await rows<MappingRow>(tx, `select ${columns} from report_mapping where name = $1 and version = $2`, [name, version]);
    return row;
  }

  async add(tx: Tx, { name, version, title, finds, source, deleted, by }: Omit<MappingRow, 'at'>): Promise<MappingRow> {
    const [row] = await rows<MappingRow>(
      tx,
      `insert into report_mapping (name, version, title, finds, source, deleted, by_name) values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
      [name, version, title, finds, source, deleted, by],
    );
    return row!;
  }
}
