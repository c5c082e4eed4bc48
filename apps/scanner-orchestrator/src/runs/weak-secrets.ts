import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, rows, Sealer, type Tx } from '@throughline/service';
import { FindingKeys, type FindingKey } from '../runner/finding-key.ts';
import type { WeakSecretNames } from '../runner/secret-names.ts';

const mostNames = 10_000;

/**
 * Names of secrets that are too weak for a digest. What is kept is the digest under seal: it takes the identity key, the
 * sealing key and the database together to try values against it.
 */
@Injectable()
export class WeakSecrets {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly keys: FindingKeys,
  ) {}

  /** The names of one repository, for the length of one scan. */
  of(repository: string): WeakSecretNames {
    let names: Promise<ReadonlyMap<string, string>> | undefined;
    const made = new Map<string, Promise<string>>();
    return {
      nameOf: async (secret) => {
        const digest = digestOf(this.keys.current, secret);
        const known = (await (names ??= this.database.transaction((tx) => this.read(tx, repository)))).get(digest);
        if (known !== undefined) return known;
        const name = made.get(digest) ?? this.make(repository, secret);
        made.set(digest, name);
        return name;
      },
    };
  }

  /** Two scans of one repository wait for each other, so that a value never gets two names. */
  private make(repository: string, secret: string): Promise<string> {
    return this.database.transaction(async (tx) => {
      await rows(tx, `select pg_advisory_xact_lock(hashtextextended('weak_secret ' || $1, 0))`, [repository]);
      const names = await this.read(tx, repository);
      const [current, ...former] = this.keys.all.map((key) => names.get(digestOf(key, secret)));
      const name = current ?? former.find((found) => found !== undefined) ?? randomUUID();
      if (current === undefined) await this.keep(tx, repository, name, digestOf(this.keys.current, secret));
      return name;
    });
  }

  private async read(tx: Tx, repository: string): Promise<ReadonlyMap<string, string>> {
    const kept = await rows<{ name: string; sealed: Buffer }>(
      tx,
      'select name, sealed from weak_secret where repository = $1 order by made_at desc limit $2',
      [repository, mostNames],
    );
    return new Map(kept.map(({ name, sealed }) => [this.sealer.open(sealed, placeOf(name)).toString(), name]));
  }

  /** A value that was named under a former key is sealed again under the current one. */
  private async keep(tx: Tx, repository: string, name: string, digest: string): Promise<void> {
    await rows(
      tx,
      `insert into weak_secret (name, repository, sealed) values ($1, $2, $3)
       on conflict (name) do update set sealed = excluded.sealed, made_at = now()`,
      [name, repository, this.sealer.seal(digest, placeOf(name))],
    );
  }
}

function digestOf(key: FindingKey, secret: string): string {
  const { scheme, hmac } = key.digest(secret);
  return `${scheme} ${hmac}`;
}

function placeOf(name: string) {
  return { table: 'weak_secret', row: name, field: 'sealed' };
}
