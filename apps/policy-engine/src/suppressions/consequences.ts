import { Injectable } from '@nestjs/common';
import type { Tx } from '@throughline/service';
import { WaiverEffects } from '../waivers/waiver-effects.ts';
import { WaiverEnds } from '../waivers/waiver-ends.ts';
import { WaiverRows } from '../waivers/waiver-rows.ts';

/** What follows for a waiver when its lines come and go. */
@Injectable()
export class Consequences {
  constructor(
    private readonly waivers: WaiverRows,
    private readonly effects: WaiverEffects,
    private readonly ends: WaiverEnds,
  ) {}

  async requested(tx: Tx, id: string): Promise<void> {
    const row = (await this.waivers.find(tx, id))!;
    await this.ends.atItsTime(tx, row);
    await this.effects.proposed(tx, row);
  }

  async gone(tx: Tx, id: string, keys: readonly string[]): Promise<void> {
    const row = await this.waivers.find(tx, id, 'for update');
    if (!row || row.state === 'ended') return;
    const gone = [...new Set([...row.gone, ...keys])];
    const all = row.content.scope.anyOf ?? [];
    if (all.every(({ key }) => gone.includes(key))) {
      const note = `${row.content.origin?.file ?? 'the file'} on the default branch does not ask for it any more`;
      await this.ends.end(tx, row, { because: 'line_removed', by: 'throughline', note });
      await this.effects.proposed(tx, row);
      return;
    }
    await this.effects.narrowed(tx, await this.waivers.shrink(tx, id, gone));
  }
}
