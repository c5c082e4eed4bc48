import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, rows } from '@throughline/service';
import { FindingKey } from '../runner/finding-key.ts';

/** The finding identity key is not the one that the findings of this installation hang on. */
export class WrongFindingKey extends Error {
  readonly code = 'wrong_finding_key';
}

/** Refuses to start with another key than before: every secret would become a new finding. */
@Injectable()
export class KeyCheck implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly key: FindingKey,
  ) {}

  async onModuleInit(): Promise<void> {
    const known = await this.database.transaction(async (tx) => {
      await rows(tx, 'insert into identity_key (check_value) select $1 where not exists (select 1 from identity_key)', [this.key.check]);
      return rows<{ check_value: string }>(tx, 'select check_value from identity_key');
    });
    if (!known.some(({ check_value: value }) => value === this.key.check)) {
      throw new WrongFindingKey('FINDING_IDENTITY_KEY_FILE holds another key than this installation was started with: restore that key');
    }
  }
}
