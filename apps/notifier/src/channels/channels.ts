import { Injectable } from '@nestjs/common';
import { Database, rows, Sealer, type SealedAt, type Tx } from '@throughline/service';
import type { ConfiguredChannel } from './configured-channel.ts';
import { builtInKinds, findChannelKind } from './registry.ts';

interface ChannelRow {
  readonly name: string;
  readonly kind: string;
  readonly settings: string;
  readonly secrets: Buffer;
}

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
    if (builtInKinds.includes(name)) return builtInChannel(name);
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

  /** The channel of comments on change requests. */
  forComments(): ConfiguredChannel {
    return builtInChannel('scm-comment');
  }

  /** Nothing is sent by a switched-off channel until a person saves it again. */
  async switchOff(name: string, reason: string): Promise<void> {
    await this.database.rows('update channels set enabled = false, disabled_reason = $2 where name = $1', [name, reason.slice(0, 500)]);
  }

  private configured(row: ChannelRow): ConfiguredChannel | undefined {
    const kind = findChannelKind(row.kind);
    if (!kind) return undefined;
    const place = secretsPlace(row.name);
    return {
      name: row.name,
      kind,
      settings: JSON.parse(row.settings) as object,
      secrets: () => JSON.parse(this.sealer.open(row.secrets, place).toString('utf8')) as object,
    };
  }
}

/** Where the secrets of a channel are sealed. */
export function secretsPlace(name: string): SealedAt {
  return { table: 'channels', row: name, field: 'secrets' };
}

function builtInChannel(name: string): ConfiguredChannel {
  return { name, kind: findChannelKind(name)!, settings: {}, secrets: () => ({}) };
}
