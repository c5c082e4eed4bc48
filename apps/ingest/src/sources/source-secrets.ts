import { uuidv7 } from '@throughline/contracts';
import { rows, type Sealer, type Tx } from '@throughline/service';
import { mostSecrets, secretPlace } from './source-rows.ts';

/** A further secret of a source, beside the newest of those before; answers its id. */
export async function addSecret(tx: Tx, sealer: Sealer, source: string, secret: string): Promise<string> {
  const id = uuidv7();
  await rows(tx, 'select 1 from source where id = $1 for update', [source]);
  await rows(tx, 'insert into source_secret (id, source_id, sealed) values ($1, $2, $3)', [
    id,
    source,
    sealer.seal(secret, secretPlace(id)),
  ]);
  await rows(
    tx,
    `delete from source_secret where source_id = $1 and id not in
       (select id from source_secret where source_id = $1 order by created_at desc, id desc limit ${mostSecrets})`,
    [source],
  );
  return id;
}
