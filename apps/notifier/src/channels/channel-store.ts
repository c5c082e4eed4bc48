import { Injectable } from '@nestjs/common';
import type { ChannelDocument, ChannelShown } from '@throughline/contracts';
import { Database, Problem, rows, Sealer, type Tx } from '@throughline/service';
import { NotifierConfig } from '../config.ts';
import { secretsPlace } from './channels.ts';
import type { Channel } from './channel.ts';
import { builtInKinds, findChannelKind } from './registry.ts';
import { checkSettings, foreignRecipients, type CheckedSettings } from './settings-check.ts';

interface StoredChannel {
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly settings: string;
  readonly secrets: Buffer;
  readonly version: number;
  readonly disabledReason: string | null;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

const columns = `name, kind, enabled, settings, secrets, version, disabled_reason as "disabledReason",
  updated_by as "updatedBy", updated_at as "updatedAt"`;

/** Channels as people write them; secrets go in and never come out. */
@Injectable()
export class ChannelStore {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly config: NotifierConfig,
  ) {}

  async list(): Promise<readonly ChannelShown[]> {
    return (await this.database.rows<StoredChannel>(`select ${columns} from channels order by name`)).map((row) => this.shown(row));
  }

  async one(name: string): Promise<ChannelShown> {
    const [row] = await this.database.rows<StoredChannel>(`select ${columns} from channels where name = $1`, [name]);
    if (!row) throw new Problem(404, 'not_found', `there is no channel ${JSON.stringify(name.slice(0, 64))}`);
    return this.shown(row);
  }

  /** Creates a channel, or replaces the version that `ifMatch` names. */
  async save(name: string, document: ChannelDocument, o: { readonly by: string; readonly ifMatch?: string }): Promise<ChannelShown> {
    const kind = kindOf(name, document.kind);
    return this.database.transaction(async (tx) => {
      const stored = await this.lock(tx, name);
      refuseStale(name, stored, o.ifMatch);
      const checked = this.check(kind, document, stored?.kind === kind.name ? stored : undefined);
      const [row] = await rows<StoredChannel>(
        tx,
        `insert into channels (name, kind, settings, secrets, enabled, version, updated_by) values ($1, $2, $3, $4, $5, 1, $6)
         on conflict (name) do update set kind = excluded.kind, settings = excluded.settings, secrets = excluded.secrets,
           enabled = excluded.enabled, version = channels.version + 1, disabled_reason = null, updated_by = excluded.updated_by,
           updated_at = clock_timestamp()
         returning ${columns}`,
        [
          name,
          kind.name,
          JSON.stringify(checked.settings),
          this.sealer.seal(JSON.stringify(checked.secrets), secretsPlace(name)),
          document.enabled ?? true,
          o.by,
        ],
      );
      return this.shown(row!);
    });
  }

  async remove(name: string): Promise<void> {
    await this.one(name);
    await this.database.rows('delete from channels where name = $1', [name]);
  }

  private check(kind: Channel, document: ChannelDocument, stored: StoredChannel | undefined): CheckedSettings {
    const before = stored && { settings: JSON.parse(stored.settings) as object, secrets: this.open(stored) };
    const checked = checkSettings(kind, document, before);
    if (checked.faults.length > 0) throw new Problem(422, 'invalid_channel', checked.faults[0]!.detail, checked.faults);
    const foreign = foreignRecipients(kind, checked.settings, this.config.mailDomains);
    if (foreign.length > 0) throw new Problem(422, 'invalid_channel', `mail may not leave to ${foreign[0]}: see MAIL_DOMAINS`);
    return checked;
  }

  private async lock(tx: Tx, name: string): Promise<StoredChannel | undefined> {
    await rows(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`channel ${name}`]);
    const [row] = await rows<StoredChannel>(tx, `select ${columns} from channels where name = $1`, [name]);
    return row;
  }

  private open(row: StoredChannel): object {
    return JSON.parse(this.sealer.open(row.secrets, secretsPlace(row.name)).toString('utf8')) as object;
  }

  private shown(row: StoredChannel): ChannelShown {
    return {
      name: row.name,
      kind: row.kind,
      enabled: row.enabled,
      settings: JSON.parse(row.settings) as Record<string, unknown>,
      secrets: Object.keys(this.open(row)),
      version: row.version,
      updatedBy: row.updatedBy,
      updatedAt: row.updatedAt.toISOString(),
      ...(row.disabledReason !== null && { disabledReason: row.disabledReason }),
    };
  }
}

function kindOf(name: string, kindName: string): Channel {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name) || builtInKinds.includes(name)) {
    throw new Problem(400, 'invalid', 'a channel is named with a-z, 0-9 and hyphens, and not like one that the platform sets up itself');
  }
  const kind = findChannelKind(kindName);
  if (kind && !builtInKinds.includes(kind.name)) return kind;
  throw new Problem(422, 'unknown_kind', `there is no kind of channel ${JSON.stringify(kindName)}`, [
    { pointer: '/kind', detail: 'slack, email or webhook' },
  ]);
}

function refuseStale(name: string, stored: StoredChannel | undefined, ifMatch: string | undefined): void {
  if (!stored) return;
  if (ifMatch === undefined)
    throw new Problem(428, 'if_match_missing', `the channel ${name} exists: send If-Match with the version that you read`);
  if (ifMatch.replace(/^W\/|"/g, '') !== String(stored.version)) {
    throw new Problem(412, 'changed_meanwhile', `the channel ${name} is at version ${stored.version} now: read it again`);
  }
}
