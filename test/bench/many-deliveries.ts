import type { Databases } from '../journeys/databases.ts';

/** Where what is not in use is put aside. */
const aside = 'aside';
const tables = ['delivery', 'delivery_mark'] as const;
const atOnce = 250_000;

/** As deliveries lie in the database after a month, a small body in each: a large one lies in a file or a table of its own. */
const deliveries = `
  insert into ${aside}.delivery (id, received_on, received_at, source_id, status, event, provider_id, facts, headers, secret_id, body, body_bytes,
    repository)
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || substr(md5('delivery ' || number), 1, 16))::uuid,
    (at at time zone 'UTC')::date, at, $1::uuid, 'accepted', 'push', md5('id ' || number),
    '[{"type":"change.pushed","subject":"' || repository || '@' || md5('c ' || number) || '00000000"}]',
    '{"x-gitea-event":"push","x-gitea-event-type":"push","user-agent":"Go-http-client/1.1"}',
    $1::uuid, decode(repeat(md5('body ' || number), 8), 'hex'), 8192, repository
  from (
    select number, 'git.shop.example/shop/r' || number % 200 as repository, now() - make_interval(secs => ($4::bigint - number) * 0.25) as at
    from generate_series($2::bigint, $3::bigint) as number
  ) as numbered`;

const marks = `
  insert into ${aside}.delivery_mark (source_id, mark, delivery_id, received_on)
  select source_id, mark, id, received_on
  from ${aside}.delivery, unnest(array['id:' || provider_id::uuid, 'body:' || provider_id || md5(provider_id)]) as mark
  where received_on = $1::date`;

/**
 * A second life of ingest's tables, with so many deliveries of one source and the two marks of each, beside the one that there
 * is. One of them is in use at a time.
 */
export class ManyDeliveries {
  private constructor(private readonly databases: Databases) {}

  static async make(databases: Databases, source: string, count: number): Promise<ManyDeliveries> {
    await databases.transaction('ingest', [
      { sql: `create schema ${aside}` },
      { sql: `create table ${aside}.delivery (like delivery including all) partition by range (received_on)` },
      { sql: `create table ${aside}.delivery_of_all partition of ${aside}.delivery default` },
      { sql: `create table ${aside}.delivery_mark (like delivery_mark including defaults)` },
      ...tables.map((table) => ({ sql: sameRights(table) })),
    ]);
    const many = new ManyDeliveries(databases);
    await many.fill(source, count);
    return many;
  }

  private async fill(source: string, count: number): Promise<void> {
    for (let from = 1; from <= count; from += atOnce)
      await this.databases.rows('ingest', deliveries, [source, from, Math.min(from + atOnce - 1, count), count]);
    const days = await this.databases.rows<{ day: string }>(
      'ingest',
      `select distinct received_on::text as day from ${aside}.delivery order by day`,
    );
    for (const { day } of days) await this.databases.rows('ingest', marks, [day]);
    // Last, since to sort twenty million is quicker than to find the place of each.
    await this.databases.rows('ingest', `alter table ${aside}.delivery_mark add primary key (source_id, mark)`);
    for (const table of tables) await this.databases.rows('ingest', `vacuum analyze ${aside}.${table}`);
    await this.databases.rows('ingest', 'checkpoint');
  }

  /** Puts the tables that are in use aside, and the others in their place. */
  async swap(): Promise<void> {
    await this.databases.transaction('ingest', [
      { sql: 'create schema between' },
      ...tables.flatMap((table) => [
        { sql: `alter table ingest.${table} set schema between` },
        { sql: `alter table ${aside}.${table} set schema ingest` },
        { sql: `alter table between.${table} set schema ${aside}` },
      ]),
      { sql: 'drop schema between' },
    ]);
  }
}

/** Owner and rights of a table for its copy. */
function sameRights(table: string): string {
  return `
    do $$
    declare own record; given record;
    begin
      select relowner::regrole::text as owner, relacl into own from pg_class where oid = 'ingest.${table}'::regclass;
      for given in select grantee::regrole::text as grantee, privilege_type from aclexplode(own.relacl) loop
        execute format('grant %s on ${aside}.${table} to %s', given.privilege_type, given.grantee);
      end loop;
      execute format('grant usage on schema ${aside} to %s', own.owner);
      execute format('alter table ${aside}.${table} owner to %s', own.owner);
    end $$`;
}
