import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, rows } from '@throughline/service';
import { FindingKeys } from '../runner/finding-key.ts';

/** The finding identity key is not the one that the findings of this installation hang on. */
export class WrongFindingKey extends Error {
  readonly code = 'wrong_finding_key';
}

/**
 * Refuses to start with another key than before: every secret would become a new finding. A new key is taken when the one
 * before it is named among the former ones.
 */
@Injectable()
export class KeyCheck implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly keys: FindingKeys,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await rows(tx, `select pg_advisory_xact_lock(hashtextextended('identity_key', 0))`);
      const used = await rows<{ check: string }>(tx, 'select check_value as check from identity_key order by position');
      const wrong = refusal(
        this.keys,
        used.map(({ check }) => check),
      );
      if (wrong !== undefined) throw new WrongFindingKey(wrong);
      await rows(tx, 'insert into identity_key (check_value) values ($1) on conflict do nothing', [this.keys.current.check]);
    });
  }
}

/** Why these keys cannot go on where the used ones ended, the newest last; undefined when they can. */
export function refusal({ current, former, all }: FindingKeys, used: readonly string[]): string | undefined {
  const newest = used.at(-1);
  if (newest === undefined || newest === current.check) return undefined;
  const given = new Set(all.map(({ check }) => check));
  if (used.includes(current.check))
    return 'FINDING_IDENTITY_KEY_FILE holds a former key of this installation: name the newest one there, this one in FINDING_IDENTITY_FORMER_KEY_FILES';
  if (!given.has(newest))
    return (
      'FINDING_IDENTITY_KEY_FILE holds another key than this installation was started with: restore that key, ' +
      'or name its file in FINDING_IDENTITY_FORMER_KEY_FILES to go on with the new one'
    );
  const foreign = former.find(({ check }) => !used.includes(check));
  return foreign && 'FINDING_IDENTITY_FORMER_KEY_FILES names a key that this installation never used';
}
