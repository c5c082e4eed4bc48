import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import { affects, comparatorOf, type OsvAffected } from '@throughline/versions';
import type { PackageVersion } from '../inventory/components.ts';
import { guisesOf, systemNamesOf, type Guise } from './guises.ts';

/** Counts up when the comparison itself changes, so that old verdicts are made again. */
const matcherVersion = 2;

/**
 * Whoever applies a scan holds this lock shared, whoever writes verdicts holds it alone: either the scan sees the verdict,
 * or the verdict's writer sees the scan. Nobody falls between the two.
 */
export async function lockVerdicts(tx: Tx, mode: 'shared' | 'alone'): Promise<void> {
  await rows(tx, `select pg_advisory_xact_lock${mode === 'shared' ? '_shared' : ''}(hashtextextended('ledger verdicts', 0))`);
}

interface Statement {
  readonly advisory: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly entries: string;
}

interface VerdictRow {
  readonly version: string;
  readonly advisory: string;
  readonly unknown: boolean;
  readonly guise?: Pick<Guise, 'ecosystem' | 'name' | 'version'>;
}

const standing = 'a.withdrawn_at is null and a.retracted_at is null';
const statement = 'select ap.advisory_id as advisory, ap.ecosystem, ap.name, ap.entries';
const systemStatement = `${statement} from advisory_package ap join advisory a on a.id = ap.advisory_id where ${standing}`;

/** Compares the versions that are in use with what advisories say; only what is affected, or cannot be told, is kept. */
@Injectable()
export class Matching {
  /** Compares versions that were not known before; the caller holds the lock of the verdicts. */
  async matchVersions(tx: Tx, versions: readonly PackageVersion[]): Promise<void> {
    if (versions.length === 0) return;
    const statements = await rows<Statement>(
      tx,
      `${statement}
       from (select distinct * from unnest($1::text[], $2::text[]) as wanted (ecosystem, name)) as wanted
       join advisory_package ap using (ecosystem, name) join advisory a on a.id = ap.advisory_id
       where ${standing}`,
      [versions.map(({ ecosystem }) => ecosystem), versions.map(({ name }) => name)],
    );
    const named = await this.namedSystems(tx, versions.flatMap(systemNamesOf));
    await this.insert(tx, verdictsOf([...statements, ...named], [...versions, ...inGuises(versions, named)]));
  }

  /** Compares anew what these advisories speak about; answers the versions whose verdict changed. */
  async matchAdvisories(tx: Tx, advisories: readonly string[]): Promise<readonly string[]> {
    await lockVerdicts(tx, 'alone');
    const statements = await rows<Statement>(
      tx,
      `${statement} from advisory_package ap
       join package p on p.ecosystem = ap.ecosystem and p.name = ap.name join advisory a on a.id = ap.advisory_id
       where ap.advisory_id = any($1::bigint[]) and ${standing}`,
      [advisories],
    );
    const versions = await rows<PackageVersion>(
      tx,
      `select v.id, p.ecosystem, p.name, v.version
       from (select distinct * from unnest($1::text[], $2::text[]) as wanted (ecosystem, name)) as wanted
       join package p using (ecosystem, name) join component_version v on v.package_id = p.id`,
      [statements.map(({ ecosystem }) => ecosystem), statements.map(({ name }) => name)],
    );
    const before = await rows<VerdictRow>(
      tx,
      'delete from affected where advisory_id = any($1::bigint[]) returning component_version_id as version, advisory_id as advisory, "unknown"',
      [advisories],
    );
    const named = await this.systemStatements(tx, advisories);
    const systems = await this.systemVersions(
      tx,
      named.map(({ name }) => name),
    );
    const after = verdictsOf([...statements, ...named], [...versions, ...inGuises(systems, named)]);
    await this.insert(tx, after);
    return changedVersions(before, after);
  }

  /** The advisories about packages in use when they were compared by an older matcher than this one; all at once, and once. */
  async outdated(tx: Tx): Promise<readonly string[]> {
    const [older] = await rows(tx, 'update matcher set version = $1 where version < $1 returning version', [matcherVersion]);
    if (!older) return [];
    const found = await rows<{ id: string }>(
      tx,
      `select distinct ap.advisory_id as id from advisory_package ap
       join advisory a on a.id = ap.advisory_id
       where ${standing} and (
         exists (select 1 from package p where p.ecosystem = ap.ecosystem and p.name = ap.name)
         or exists (select 1 from component_version v where v.system_names @> array[ap.name])) order by id`,
    );
    return found.map(({ id }) => id);
  }

  /** What advisories say of packages of operating systems by these names, of any release. */
  private namedSystems(tx: Tx, names: readonly string[]): Promise<readonly Statement[]> {
    if (names.length === 0) return Promise.resolve([]);
    return rows<Statement>(tx, `${systemStatement} and ap.name = any($1::text[])`, [[...new Set(names)]]);
  }

  private systemStatements(tx: Tx, advisories: readonly string[]): Promise<readonly Statement[]> {
    return rows<Statement>(
      tx,
      `${systemStatement} and ap.advisory_id = any($1::bigint[]) and exists (select 1 from component_version v where v.system_names @> array[ap.name])`,
      [advisories],
    );
  }

  private async systemVersions(tx: Tx, names: readonly string[]): Promise<readonly PackageVersion[]> {
    if (names.length === 0) return [];
    return rows<PackageVersion>(
      tx,
      `select v.id, p.ecosystem, p.name, v.version, v.purl from component_version v join package p on p.id = v.package_id
       where v.system_names && $1::text[]`,
      [[...new Set(names)]],
    );
  }

  private async insert(tx: Tx, verdicts: readonly VerdictRow[]): Promise<void> {
    // Of two names of one package the one that can be told goes first.
    const inOrder = [...verdicts].sort((a, b) => Number(a.unknown) - Number(b.unknown));
    await rows(
      tx,
      `insert into affected (component_version_id, advisory_id, "unknown", matcher_version, ecosystem, name, version)
       select version, advisory, "unknown", ${matcherVersion}, ecosystem, name, said
       from unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[]) as given (version, advisory, "unknown", ecosystem, name, said)
       on conflict do nothing`,
      [
        inOrder.map(({ version }) => version),
        inOrder.map(({ advisory }) => advisory),
        inOrder.map(({ unknown }) => unknown),
        inOrder.map(({ guise }) => guise?.ecosystem ?? null),
        inOrder.map(({ guise }) => guise?.name ?? null),
        inOrder.map(({ guise }) => guise?.version ?? null),
      ],
    );
  }
}

/**
 * Every statement against every version of its package. A version that cannot be placed is kept as unknown; a statement
 * that speaks only of commits says nothing about any version and is passed over.
 */
export function verdictsOf(statements: readonly Statement[], versions: readonly (PackageVersion | Guise)[]): readonly VerdictRow[] {
  const byPackage = Map.groupBy(versions, ({ ecosystem, name }) => `${ecosystem}\n${name}`);
  return statements.flatMap(({ advisory, ecosystem, name, entries }) => {
    const record = { affected: JSON.parse(entries) as OsvAffected[] };
    return (byPackage.get(`${ecosystem}\n${name}`) ?? []).flatMap((one) => {
      const { id, version } = one;
      const verdict = affects(record, ecosystem, name, version);
      const silent = verdict === 'unknown' && comparatorOf(ecosystem)?.compare(version, version) !== undefined;
      if (verdict === false || silent) return [];
      const unknown = verdict === 'unknown' || ('certain' in one && !one.certain);
      return [{ version: id, advisory, unknown, ...('certain' in one && { guise: { ecosystem, name, version } }) }];
    });
  });
}

function changedVersions(before: readonly VerdictRow[], after: readonly VerdictRow[]): readonly string[] {
  const key = (row: VerdictRow): string => `${row.version} ${row.advisory} ${row.unknown}`;
  const [was, is] = [new Set(before.map(key)), new Set(after.map(key))];
  const changed = [...before.filter((row) => !is.has(key(row))), ...after.filter((row) => !was.has(key(row)))];
  return [...new Set(changed.map(({ version }) => version))];
}

/** Packages of systems as these statements may name them. */
function inGuises(versions: readonly PackageVersion[], named: readonly Statement[]): readonly Guise[] {
  const ecosystems = [...new Set(named.map(({ ecosystem }) => ecosystem))];
  return versions.flatMap((version) => guisesOf(version, ecosystems));
}
