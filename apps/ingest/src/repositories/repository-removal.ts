import { Injectable } from '@nestjs/common';
import { Outbox, RepositoryRemovals } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { RepositoryMoves } from './repository-moves.ts';
import { nextRevision, removedFact, type RepositoryRow } from './repository-register.ts';

/** Takes repositories away: here at once, from the other services by a fact. */
@Injectable()
export class RepositoryRemoval {
  constructor(
    private readonly removals: RepositoryRemovals,
    private readonly outbox: Outbox,
    private readonly moves: RepositoryMoves,
  ) {}

  /** The row is locked first: what was told of the repository before is published before its removal. */
  async remove(tx: Tx, id: string, by: string): Promise<void> {
    const [row] = await rows<RepositoryRow>(tx, `update repository set revision = ${nextRevision} where id = $1 returning *`, [id]);
    if (!row) return;
    await this.removals.forget(tx, row.repository, Number(row.revision));
    await this.moves.remember(tx, row);
    await rows(tx, 'delete from repository where id = $1', [id]);
    await this.outbox.add(tx, removedFact(row, by));
  }

  /** The same for a person who does not want it: no source that is there now brings it back. */
  async dismiss(tx: Tx, { id, repository }: Pick<RepositoryRow, 'id' | 'repository'>, by: string): Promise<void> {
    const names = await rows<{ alias: string }>(tx, 'select alias from repository_alias where repository_id = $1', [id]);
    await this.remove(tx, id, by);
    await rows(
      tx,
      `insert into dismissed_repository (repository, source_id)
       select called, id from source, unnest($1::text[]) as told (called) on conflict do nothing`,
      [[repository, ...names.map(({ alias }) => alias)]],
    );
  }

  /** All that a source brought or was joined to. */
  async removeOf(tx: Tx, source: string, by: string): Promise<void> {
    const own = await rows<{ id: string }>(tx, 'select id from repository where source_id = $1 order by repository', [source]);
    for (const { id } of own) await this.remove(tx, id, by);
  }
}
