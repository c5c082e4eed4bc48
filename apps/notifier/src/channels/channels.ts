import { Injectable } from '@nestjs/common';
import { Database, rows, Sealer, type Tx } from '@throughline/service';
import type { ConfiguredChannel } from './configured-channel.ts';
import { findChannelKind } from './registry.ts';

interface ChannelRow {
  readonly name: string;
  readonly kind: string;
  readonly settings: string;
  readonly secrets: Buffer;
}

/** Channels that the platform sets up itself, under the name of their kind. */
const builtIn: readonly string[] = ['outbox', 'scm-status'];

/** Kinds that reach people: while one of them is missing, the outbox shows what it would have sent. */
const kindsForPeople: readonly string[] = ['slack', 'email'];

const select = 'select name, kind, settings, secrets from channels where enabled';

/** The channels that can be used now. */
@Injectable()
export class Channels {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** By name; undefined for one that was removed or is switched off. */
  async find(name: string): Promise<ConfiguredChannel | undefined> {
    if (builtIn.includes(name)) return builtInChannel(name);
    const [row] = await this.database.rows<ChannelRow>(`${select} and name = $1`, [name]);
    return row && this.configured(row);
  }

  /** All that alerts can go to. */
  async forAlerts(tx: Tx): Promise<readonly ConfiguredChannel[]> {
    const configured = (await rows<ChannelRow>(tx, `${select} order by name`)).flatMap((row) => this.configured(row) ?? []);
    const kinds = new Set(configured.map(({ kind }) => kind.name));
    const complete = kindsForPeople.every((kind) => kinds.has(kind));
    return complete ? configured : [...configured, builtInChannel('outbox')];
  }

  /** The channel of commit statuses. */
  forStatuses(): ConfiguredChannel {
    return builtInChannel('scm-status');
  }

  private configured(row: ChannelRow): ConfiguredChannel | undefined {
    const kind = findChannelKind(row.kind);
    if (!kind) return undefined;
    const place = { table: 'channels', row: row.name, field: 'secrets' };
    return {
      name: row.name,
      kind,
      settings: JSON.parse(row.settings) as object,
      secrets: () => JSON.parse(this.sealer.open(row.secrets, place).toString('utf8')) as object,
    };
  }
}

function builtInChannel(name: string): ConfiguredChannel {
  return { name, kind: findChannelKind(name)!, settings: {}, secrets: () => ({}) };
}
