import { Injectable } from '@nestjs/common';
import type { PolicyDocument } from '@throughline/policy';
import { rows, type Tx } from '@throughline/service';
import type { PublishedPolicy } from '../evaluation/orders.ts';

/** A version of a policy as it is kept. */
export interface PolicyRow extends PublishedPolicy {
  readonly name: string;
  readonly source: string;
  readonly builtIn: boolean;
  readonly by: string;
  readonly publishedAt: Date;
}

interface Row extends Omit<PolicyRow, 'document'> {
  readonly document: string;
}

/** What is needed to publish a version. */
export interface NewVersion {
  readonly policy: Omit<PublishedPolicy, 'version'>;
  readonly source: string;
  readonly by: string;
  readonly builtIn: boolean;
}

const columns = `policy.name, published.version, digest, source, document, built_in as "builtIn", published_by as by, published_at as "publishedAt"`;
const current = 'policy join policy_version published on published.name = policy.name and published.version = policy.version';

@Injectable()
export class PolicyRows {
  /** Changes of policies happen one after the other. */
  async lock(tx: Tx): Promise<void> {
    await rows(tx, "select pg_advisory_xact_lock(hashtextextended('policy-engine policies', 0))");
  }

  async find(tx: Tx, name: string): Promise<PolicyRow | undefined> {
    const [row] = await rows<Row>(tx, `select ${columns} from ${current} where policy.name = $1 and deleted_at is null`, [name]);
    return row && withDocument(row);
  }

  async page(tx: Tx, after: string, limit: number): Promise<readonly PolicyRow[]> {
    const sql = `select ${columns} from ${current} where policy.name > $1 and deleted_at is null order by policy.name limit $2`;
    return (await rows<Row>(tx, sql, [after, limit])).map(withDocument);
  }

  /** Names and versions of what is in force. */
  async inForce(tx: Tx): Promise<readonly { name: string; version: number; digest: string }[]> {
    return rows(tx, `select policy.name, published.version, digest from ${current} where deleted_at is null order by policy.name`);
  }

  async versions(tx: Tx, wanted: readonly { name: string; version: number }[]): Promise<readonly PolicyRow[]> {
    const found = await rows<Row>(
      tx,
      `select ${columns} from unnest($1::text[], $2::int[]) as wanted (name, version)
       join policy on policy.name = wanted.name
       join policy_version published on published.name = wanted.name and published.version = wanted.version`,
      [wanted.map(({ name }) => name), wanted.map(({ version }) => version)],
    );
    return found.map(withDocument);
  }

  async history(tx: Tx, name: string, before: number, limit: number): Promise<readonly PolicyRow[]> {
    const sql = `select ${columns} from policy join policy_version published on published.name = policy.name
      where policy.name = $1 and published.version < $2 order by published.version desc limit $3`;
    return (await rows<Row>(tx, sql, [name, before, limit])).map(withDocument);
  }

  /** Adds a version and puts it in force; versions go on where a deleted policy of the name ended. */
  async publish(tx: Tx, { policy, source, by, builtIn }: NewVersion): Promise<PolicyRow> {
    const { name } = policy.document;
    const [{ version }] = (await rows<{ version: number }>(
      tx,
      `insert into policy (name, version, built_in) values ($1, 1, $2)
       on conflict (name) do update set version = policy.version + 1, built_in = excluded.built_in, deleted_at = null
       returning version`,
      [name, builtIn],
    )) as [{ version: number }];
    await rows(tx, 'insert into policy_version (name, version, digest, source, document, published_by) values ($1, $2, $3, $4, $5, $6)', [
      name,
      version,
      policy.digest,
      source,
      JSON.stringify({ ...policy.document, cases: [] }),
      by,
    ]);
    return (await this.find(tx, name))!;
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await rows(tx, 'update policy set deleted_at = clock_timestamp() where name = $1', [name]);
  }
}

function withDocument({ document, ...row }: Row): PolicyRow {
  return { ...row, document: JSON.parse(document) as PolicyDocument };
}
