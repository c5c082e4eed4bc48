import { rows, type Tx } from '@throughline/service';
import { lostByApp } from './resting.ts';

/** The App of a source ends here; a stored token counts again. */
export async function forgetApp(tx: Tx, source: string): Promise<void> {
  await rows(tx, 'update source set app_id = null, app_url = null, app_key = null where id = $1', [source]);
  await forgetReach(tx, source);
}

/** At another address are other repositories: what they are there is asked anew. */
export async function forgetHost(tx: Tx, source: string): Promise<void> {
  await forgetApp(tx, source);
  await rows(tx, 'update repository set host_id = null, host_id_proven = false where source_id = $1 and host_id is not null', [source]);
}

/** What another App was given, or not, says nothing of this one. */
export async function forgetReach(tx: Tx, source: string): Promise<void> {
  await rows(tx, 'delete from app_installation where source_id = $1', [source]);
  await rows(tx, 'delete from reach_round where source_id = $1', [source]);
  await rows(
    tx,
    `update repository set installation = null, rest = case when ${lostByApp} then null else rest end
     where source_id = $1 and (installation is not null or ${lostByApp})`,
    [source],
  );
}
