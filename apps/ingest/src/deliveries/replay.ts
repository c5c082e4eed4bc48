import { Injectable } from '@nestjs/common';
import type { WebhookReceipt } from '@throughline/contracts';
import { Problem, type Identity } from '@throughline/service';
import { DefaultBranches } from '../repositories/default-branches.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { receiptOf } from './candidate.ts';
import { Deliveries } from './deliveries.ts';
import { Republication } from './republication.ts';
import { Rereading } from './rereading.ts';
import { misnamed } from './standing.ts';
import { ToldNames } from './told-names.ts';

/** Services know for 28 days what they handled: the facts of an older delivery would count twice. */
const longestMs = 27 * 86_400_000;
const gone = 'the source of this delivery is gone';
const commandsOnce = 'a command has its effect once: write it again in a new comment';
const tooOld = 'a delivery can be replayed for 27 days; what happened since is found by comparing the refs';

/** Takes a kept delivery as if it came now. */
@Injectable()
export class Replay {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly directory: SourceDirectory,
    private readonly rereading: Rereading,
    private readonly branches: DefaultBranches,
    private readonly republication: Republication,
    private readonly names: ToldNames,
  ) {}

  /** The same facts again change nothing downstream: their ids are the same. Throws `Problem` 404, 409, 422. */
  async replay(id: string, caller: Identity): Promise<WebhookReceipt> {
    const row = await this.deliveries.row(id, caller);
    const source = await this.directory.find(row.source_id);
    if (!row.replayable) throw new Problem(409, 'not_replayable', 'nothing of this delivery was kept but why it was refused');
    if (Date.now() - row.received_at.getTime() > longestMs) throw new Problem(409, 'not_replayable', tooOld);
    if (!source) throw new Problem(409, 'not_replayable', gone);
    const { translation, renamed, refusal } = await this.names.read(source, await this.rereading.translation(source, row));
    if ('given' in translation && translation.given) throw new Problem(409, 'not_replayable', commandsOnce);
    const read = refusal ?? this.rereading.outcome(source, translation, await this.branches.knownFor(translation));
    const outcome = await this.republication.replayed(row, source, renamed && read.status !== 'refused' ? misnamed(read) : read);
    if (!outcome) throw new Problem(409, 'not_replayable', gone);
    return receiptOf(id, outcome.facts.length, outcome);
  }
}
