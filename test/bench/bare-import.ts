import { createHash } from 'node:crypto';
import pg from 'pg';

/** The floor of an import: findings into one table by a fingerprint, nothing else. */
export class BareImport {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<BareImport> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(`create temp table bare_finding (
      id bigint generated always as identity primary key, fingerprint bytea not null unique, rule text, title text, severity text,
      path text, line int, description text, last_seen timestamptz not null default now())`);
    return new BareImport(client);
  }

  async import(report: string): Promise<void> {
    const found = report
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { finding: Finding }).finding);
    const column = <T>(of: (finding: Finding) => T): T[] => found.map(of);
    await this.client.query('begin');
    await this.client.query(
      `insert into bare_finding (fingerprint, rule, title, severity, path, line, description)
       select * from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[])
       on conflict (fingerprint) do update set last_seen = now()`,
      [
        column(({ rule, location: { path, snippet } }) => createHash('sha256').update(`${rule}\n${path}\n${snippet}`).digest()),
        column(({ rule }) => rule),
        column(({ title }) => title),
        column(({ severity }) => severity),
        column(({ location }) => location.path),
        column(({ location }) => location.line),
        column(({ description }) => description),
      ],
    );
    await this.client.query('commit');
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

interface Finding {
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly description: string;
  readonly location: { readonly path: string; readonly line: number; readonly snippet: string };
}
