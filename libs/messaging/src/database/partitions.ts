import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Log } from '@throughline/service';

const hourMs = 3_600_000;

/**
 * SQL that keeps a table, partitioned by month on a `date` column, in shape: a function that makes the partitions of this
 * month and the next two, takes over what lay in the default partition, and drops months that ended over `keepDays` ago.
 * It runs with the rights of the schema's owner, and gives up after two seconds behind a lock: it is called every hour.
 */
export function monthlyPartitions(table: string, column: string, keepDays: number): string {
  return `
create table ${table}_default partition of ${table} default;

create ${maintenance(table, column, keepDays)}

select maintain_${table}_partitions();`;
}

/** SQL that changes how long the months of such a table are kept. */
export function keepMonths(table: string, column: string, keepDays: number): string {
  return `create or replace ${maintenance(table, column, keepDays)}`;
}

function maintenance(table: string, column: string, keepDays: number): string {
  return `function maintain_${table}_partitions() returns void language plpgsql security definer set search_path from current as $maintain$
declare
  month date;
  name text;
  old record;
begin
  perform set_config('lock_timeout', '2s', true), set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
  for ahead in -1..2 loop
    month := (date_trunc('month', now() at time zone 'utc') + make_interval(months => ahead))::date;
    name := '${table}_' || to_char(month, 'YYYY_MM');
    if to_regclass(quote_ident(name)) is null then
      execute format('create table %I (like ${table} including defaults including constraints)', name);
      execute format('with moved as (delete from ${table}_default where ${column} >= %L and ${column} < %L returning *)
        insert into %I select * from moved', month, (month + interval '1 month')::date, name);
      execute format('alter table ${table} attach partition %I for values from (%L) to (%L)', name, month, (month + interval '1 month')::date);
    end if;
  end loop;
  for old in
    select child.relname from pg_inherits
    join pg_class child on child.oid = inhrelid
    where inhparent = '${table}'::regclass and child.relname ~ '^${table}_\\d{4}_\\d{2}$'
      and to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month' < (now() at time zone 'utc') - interval '${keepDays} days'
  loop
    execute format('drop table %I', old.relname);
  end loop;
end
$maintain$;`;
}

/** Calls the maintenance of the partitioned tables of this service: at the start and every hour. */
@Injectable()
export class Partitions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tables = new Set(['inbox']);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Looks after a further table; call it in `onModuleInit`. Its migration has the SQL of `monthlyPartitions`. */
  maintain(table: string): void {
    this.tables.add(table);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
    this.timer = setInterval(() => void (this.running = this.run()), hourMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    for (const table of this.tables) {
      try {
        await this.database.rows(`select maintain_${table}_partitions()`);
      } catch (error) {
        this.log.warn({ table, error }, 'the partitions of a table could not be looked after, trying again in an hour');
      }
    }
  }
}
