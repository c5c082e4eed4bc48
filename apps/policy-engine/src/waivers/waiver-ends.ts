import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, Problem, type Identity, type Tx } from '@throughline/service';
import { workKinds, type WaiverBrokenWork, type WaiverWork } from '../work-kinds.ts';
import { everyApplication, isShown, linesLeft } from './waiver-content.ts';
import { WaiverEffects } from './waiver-effects.ts';
import { WaiverRows, type Ending, type WaiverRow } from './waiver-rows.ts';

/** Ends waivers: by people, at their time, and when what they lean on is gone. */
@Injectable()
export class WaiverEnds implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly table: WaiverRows,
    private readonly effects: WaiverEffects,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 30, maxAttempts: 10 };
    this.work.handle<WaiverWork>(workKinds.endWaiver, options, (lease) => this.expire(lease));
    this.work.handle<WaiverBrokenWork>(workKinds.breakWaiver, options, (lease) => this.break(lease));
  }

  /** Revoked when it holds, refused when it was only asked for. Who may ask for one may take one back: that lets nothing through. */
  async revoke(name: string, reason: string | undefined, caller: Identity): Promise<WaiverRow> {
    return this.database.transaction(async (tx) => {
      const row = await this.table.find(tx, name, 'for update');
      if (!row || !isShown(row, caller))
        throw new Problem(404, 'not_found', `there is no exception ${name.slice(0, 100)}, or it is not yours to see`);
      if (row.application === everyApplication && caller.applications !== '*')
        throw new Problem(403, 'out_of_scope', 'this exception holds for every application, your token covers only some');
      if (row.state === 'ended') return row;
      const note = reason?.replaceAll('\0', '').trim();
      return this.end(tx, row, { because: row.state === 'granted' ? 'revoked' : 'refused', by: caller.name, ...(note && { note }) });
    });
  }

  /** Ends it in `tx`; the row is locked. */
  async end(tx: Tx, row: WaiverRow, ending: Ending): Promise<WaiverRow> {
    const { because, by, note = null } = ending;
    const ended = await this.table.end(tx, row.id, ending);
    await this.table.note(tx, row.id, { kind: 'ended', by, digest: row.digest, note: note === null ? because : `${because}: ${note}` });
    if (row.state === 'granted') await this.effects.ended(tx, ended, ending);
    return ended;
  }

  /** Of lines of a repository that were approved together, those about something else hold on. */
  private async narrow(tx: Tx, row: WaiverRow, about: { readonly finding: string; readonly cve?: string }, note: string): Promise<boolean> {
    const left = linesLeft(row.content.scope, row.gone) ?? [];
    const meant = left.filter(({ cve, findings }) => (cve !== undefined && cve === about.cve) || findings?.includes(about.finding));
    if (meant.length === 0 || meant.length === left.length) return false;
    const shrunk = await this.table.shrink(tx, row.id, [...row.gone, ...meant.map(({ key }) => key)]);
    await this.table.note(tx, row.id, { kind: 'edited', by: 'throughline', digest: row.digest, note });
    await this.effects.narrowed(tx, shrunk);
    return true;
  }

  /** What was granted holds no longer where it held, and waits for its approval again. */
  async takeBack(tx: Tx, before: WaiverRow, { revision }: WaiverRow, by: string): Promise<void> {
    await this.effects.ended(tx, { ...before, revision }, { because: 'edited', by });
  }

  /** Sees to it that it ends when its time is over. Nobody waits for that: whoever judges compares with the time. */
  async atItsTime(tx: Tx, { id, until }: WaiverRow): Promise<void> {
    const dedupe = `${id} ${until.getTime()}`;
    await this.work.add(tx, { kind: workKinds.endWaiver, payload: { waiver: id }, dedupe, runAfter: until });
  }

  private async expire(lease: Lease<WaiverWork>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.table.find(tx, lease.payload.waiver, 'for update');
      await lease.complete(tx);
      if (!row || row.state === 'ended') return;
      if (row.until.getTime() > Date.now()) await this.atItsTime(tx, row);
      else await this.end(tx, row, { because: 'expired', by: 'throughline' });
    });
  }

  /** Only what the waiver itself names as its end; that it is so is read from the ledger alone, and lets nothing through. */
  private async break(lease: Lease<WaiverBrokenWork>): Promise<void> {
    const { waiver, because, finding, cve, fixedIn } = lease.payload;
    await this.database.transaction(async (tx) => {
      const row = await this.table.find(tx, waiver, 'for update');
      await lease.complete(tx);
      if (row?.state !== 'granted' || !row.content.endsWhen.includes(because)) return;
      const what = cve ?? `the finding ${finding}`;
      const note =
        because === 'known_exploited' ? `${what} is known to be exploited` : `${what} is fixed in ${fixedIn ?? 'a later version'}`;
      if (await this.narrow(tx, row, { finding, ...(cve !== undefined && { cve }) }, note)) return;
      await this.end(tx, row, { because, by: 'throughline', note });
    });
  }
}
