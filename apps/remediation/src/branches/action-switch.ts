import { Injectable } from '@nestjs/common';
import { make, ActionSwitch as ShownSwitch } from '@throughline/contracts';
import { Database, Log, Problem, sees, type Identity } from '@throughline/service';

interface SwitchRow {
  readonly paused: boolean;
  readonly by_id: string | null;
  readonly by_name: string | null;
  readonly reason: string | null;
  readonly at: Date | null;
}

/** How often a running action looks whether it may go on. */
const lookMs = 250;

/** Somebody has switched all actions off, or nobody can tell whether. */
export class ActionsHalted extends Error {
  readonly code = 'actions_halted';
}

/** The kill switch: whatever is pushed, opened, closed or deleted asks it before and while it happens. */
@Injectable()
export class ActionSwitch {
  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  async read(): Promise<ShownSwitch> {
    const { paused, by_name, reason, at } = await this.row();
    return make(ShownSwitch, {
      paused,
      ...(by_name !== null && { by: by_name }),
      ...(reason !== null && { reason }),
      ...(at !== null && { at: at.toISOString() }),
    });
  }

  /** Anybody who may change fixes may stop all of them, at once. */
  async pause(caller: Identity, reason: string): Promise<ShownSwitch> {
    await this.set(true, caller, reason);
    return this.read();
  }

  /** Another person than who paused, and one who answers for all applications. Throws `Problem` 403, 409. */
  async resume(caller: Identity, reason: string): Promise<ShownSwitch> {
    if (!sees(caller, 'unassigned'))
      throw new Problem(403, 'forbidden', 'the switch is for the whole organisation: resuming needs access to all applications');
    const { paused, by_id } = await this.row();
    if (paused && by_id === caller.id) throw new Problem(409, 'second_person', 'who paused cannot resume: this takes a second person');
    await this.set(false, caller, reason);
    return this.read();
  }

  /** Runs one action on the outside; it is called off within a second when somebody switches off. Throws `ActionsHalted`. */
  async during<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.check();
    const halt = new AbortController();
    const look = setInterval(() => void this.check().catch((error: unknown) => halt.abort(error)), lookMs);
    try {
      return await action(halt.signal);
    } catch (error) {
      throw halt.signal.aborted ? halt.signal.reason : error;
    } finally {
      clearInterval(look);
    }
  }

  /** No answer means no action. */
  private async check(): Promise<void> {
    const row = await this.row().catch((error: unknown) => {
      throw new ActionsHalted(`the switch cannot be read: ${(error as Error).message}`);
    });
    if (row.paused) throw new ActionsHalted(`all actions were paused by ${row.by_name ?? 'somebody'}: ${row.reason ?? ''}`);
  }

  private async row(): Promise<SwitchRow> {
    const [row] = await this.database.rows<SwitchRow>('select * from action_switch');
    if (!row) throw new Error('there is no switch');
    return row;
  }

  private async set(paused: boolean, caller: Identity, reason: string): Promise<void> {
    const sql = 'update action_switch set paused = $1, by_id = $2, by_name = $3, reason = $4, at = clock_timestamp()';
    await this.database.rows(sql, [paused, caller.id, caller.name, reason]);
    this.log.warn({ by: caller.id, paused }, paused ? 'all actions were paused' : 'actions were resumed');
  }
}
