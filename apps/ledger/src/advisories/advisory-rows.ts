import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import type { Advisory } from './osv-record.ts';

/** A record as it came, with what was read from it. */
export interface Incoming {
  readonly advisory: Advisory;
  readonly raw: Buffer;
}

/** An advisory that was new or changed. */
export interface Written {
  readonly id: string;
  readonly osvId: string;
  readonly withdrawn: boolean;
  /** It was known before, and not withdrawn. */
  readonly stood: boolean;
}

const upsert = `
  with given as (
    select * from unnest($2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::real[], $8::text[], $9::boolean[],
      $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::bytea[])
      as given (osv_id, digest, summary, details, severity, cvss, cvss_vector, severity_known, published_at, modified_at, withdrawn_at, record)
  ), before as (
    select a.osv_id, a.withdrawn_at from advisory a join given using (osv_id) where a.feed = $1
  ), written as (
    insert into advisory (feed, osv_id, digest, summary, details, severity, cvss, cvss_vector, severity_known, published_at, modified_at, withdrawn_at, record)
    select $1, given.* from given order by osv_id
    on conflict (feed, osv_id) do update set
      digest = excluded.digest, summary = excluded.summary, details = excluded.details, severity = excluded.severity,
      cvss = excluded.cvss, cvss_vector = excluded.cvss_vector, severity_known = excluded.severity_known,
      published_at = excluded.published_at, modified_at = excluded.modified_at, withdrawn_at = excluded.withdrawn_at,
      record = excluded.record, imported_at = now()
    where advisory.digest <> excluded.digest and advisory.modified_at <= excluded.modified_at
    returning id, osv_id, withdrawn_at
  )
  select w.id, w.osv_id as "osvId", w.withdrawn_at is not null as withdrawn, b.osv_id is not null and b.withdrawn_at is null as stood
  from written w left join before b using (osv_id)`;

/** The statements of feeds, one row each. */
@Injectable()
export class AdvisoryRows {
  /** Writes what is new or newer; answers only that. Two records with one id: the last counts. */
  async write(tx: Tx, feed: string, incoming: readonly Incoming[]): Promise<readonly Written[]> {
    const last = [...new Map(incoming.map((one) => [one.advisory.id, one])).values()];
    const column = <K extends keyof Advisory>(name: K): (Advisory[K] | null)[] => last.map(({ advisory }) => advisory[name] ?? null);
    const written = await rows<Written>(tx, upsert, [
      feed,
      column('id'),
      last.map(({ raw }) => createHash('sha256').update(raw).digest()),
      column('summary'),
      column('details'),
      column('severity'),
      column('cvss'),
      column('cvssVector'),
      column('severityKnown'),
      column('published'),
      column('modified'),
      column('withdrawn'),
      last.map(({ raw }) => raw),
    ]);
    await this.writeParts(tx, written, new Map(last.map(({ advisory }) => [advisory.id, advisory])));
    return written;
  }

  private async writeParts(tx: Tx, written: readonly Written[], advisories: ReadonlyMap<string, Advisory>): Promise<void> {
    const ids = written.map(({ id }) => id);
    await rows(tx, 'delete from advisory_name where advisory_id = any($1::bigint[])', [ids]);
    await rows(tx, 'delete from advisory_package where advisory_id = any($1::bigint[])', [ids]);
    const names = written.flatMap(({ id, osvId }) => [osvId, ...advisories.get(osvId)!.aliases].map((name) => ({ id, name })));
    await rows(tx, 'insert into advisory_name (name, advisory_id) select * from unnest($1::text[], $2::bigint[]) on conflict do nothing', [
      names.map(({ name }) => name),
      names.map(({ id }) => id),
    ]);
    const packages = written.flatMap(({ id, osvId }) => advisories.get(osvId)!.packages.map((one) => ({ id, ...one })));
    await rows(
      tx,
      `insert into advisory_package (advisory_id, ecosystem, name, entries)
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[])`,
      [
        packages.map(({ id }) => id),
        packages.map(({ ecosystem }) => ecosystem),
        packages.map(({ name }) => name),
        packages.map(({ entries }) => JSON.stringify(entries)),
      ],
    );
  }
}
