import { Injectable } from '@nestjs/common';
import { make, SourceRemoval as Removal } from '@throughline/contracts';
import { Database, Log, rows, type Identity } from '@throughline/service';
import { DeliveryRemoval } from '../deliveries/delivery-removal.ts';
import { RepositoryRemoval } from '../repositories/repository-removal.ts';
import { Sources } from '../sources/sources.ts';

const counts = `
  select (select count(*) from repository where source_id = $1)::int as repositories, (select count(*) from delivery where source_id = $1)::int as deliveries`;

/** Takes a source away with all that it brought. */
@Injectable()
export class SourceRemoval {
  constructor(
    private readonly database: Database,
    private readonly sources: Sources,
    private readonly repositories: RepositoryRemoval,
    private readonly deliveries: DeliveryRemoval,
    private readonly log: Log,
  ) {}

  /** What would go. Throws `Problem` 404, like `remove`. */
  async preview(id: string, caller: Identity): Promise<Removal> {
    const source = await this.sources.row(id, caller);
    const [found] = await this.database.rows<Removal>(counts, [source.id]);
    return make(Removal, found!);
  }

  /** Nothing more comes in by it once its row is locked; its secrets and its token go with the row. */
  async remove(id: string, caller: Identity): Promise<void> {
    const source = await this.sources.row(id, caller);
    await this.database.transaction(async (tx) => {
      await rows(tx, 'select 1 from source where id = $1 for update', [source.id]);
      await this.repositories.removeOf(tx, source.id, caller.name);
      await this.deliveries.removeOf(tx, source.id);
      await rows(tx, 'delete from source where id = $1', [source.id]);
    });
    this.log.info({ source: id, by: caller.id }, 'a source was removed');
  }
}
