import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { everyApplication } from './waiver-content.ts';
import type { WaiverRow } from './waiver-rows.ts';

/** Payloads of work are small: an application with more repositories has all heads looked at. */
const maxNamed = 500;

/** What follows when a waiver begins or ends to hold. */
@Injectable()
export class WaiverEffects {
  constructor(private readonly work: WorkQueue) {}

  async granted(tx: Tx, row: WaiverRow): Promise<void> {
    await this.judgeAgain(tx, row);
  }

  async ended(tx: Tx, row: WaiverRow, _ending: object): Promise<void> {
    await this.judgeAgain(tx, row);
  }

  private async judgeAgain(tx: Tx, row: WaiverRow): Promise<void> {
    const repositories = await repositoriesOf(tx, row);
    const all = repositories === null || repositories.length > maxNamed;
    await this.work.add(tx, { kind: workKinds.judgeHeads, payload: all ? {} : { repositories } });
  }
}

/** Where it may cover findings; null: everywhere. */
export async function repositoriesOf(
  tx: Tx,
  { repository, application }: Pick<WaiverRow, 'repository' | 'application'>,
): Promise<readonly string[] | null> {
  if (repository !== null) return [repository];
  if (application === everyApplication) return null;
  const found = await rows<{ repository: string }>(
    tx,
    `select repository from application_repository where application = $1
     union select id from repository where application = $1 and id not in (select repository from application_repository)`,
    [application],
  );
  return found.map((each) => each.repository);
}
