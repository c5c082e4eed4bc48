import { Injectable } from '@nestjs/common';
import { withoutVersion, type Component } from '@throughline/findings';
import { rows, type Tx } from '@throughline/service';
import { canonicalName, canonicalPurl, parsePurl, purlOf, systemPackageOf } from '@throughline/versions';

/** A version of a package, as it is compared with advisories. */
export interface PackageVersion {
  readonly id: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
}

const insertPackages = `
  insert into package (ecosystem, name, purl)
  select distinct on (ecosystem, name) ecosystem, name, purl from unnest($1::text[], $2::text[], $3::text[]) as given (ecosystem, name, purl)
  order by ecosystem, name
  on conflict do nothing`;

// A tool that knows from which source a package was built tells more than one that does not.
const insertVersions = `
  insert into component_version (package_id, version, purl, system_names)
  select distinct on (p.id, given.version) p.id, given.version, given.purl, string_to_array(given.system_names, ' ')
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as given (ecosystem, name, version, purl, system_names)
  join package p on p.ecosystem = given.ecosystem and p.name = given.name
  order by p.id, given.version, length(given.system_names) desc
  on conflict (package_id, version) do update set purl = excluded.purl, system_names = excluded.system_names
    where cardinality(component_version.system_names) < cardinality(excluded.system_names)
  returning id`;

const insertOccurrences = `
  insert into occurrence (component_version_id, report_id, manifest, line, direct, scope, via, licence)
  select distinct on (v.id, given.manifest) v.id, $1, given.manifest, given.line, given.direct, given.scope, coalesce(string_to_array(nullif(given.via, ''), chr(31)), '{}'), given.licence
  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::boolean[], $8::text[], $9::text[], $10::text[])
    as given (ecosystem, name, version, manifest, line, direct, scope, via, licence)
  join package p on p.ecosystem = given.ecosystem and p.name = given.name
  join component_version v on v.package_id = p.id and v.version = given.version
  order by v.id, given.manifest, given.direct desc, given.licence nulls last
  on conflict do nothing`;

const unknownVersions = `
  select given.name from unnest($1::text[], $2::text[], $3::text[]) as given (ecosystem, name, version)
  where not exists (
    select 1 from package p join component_version v on v.package_id = p.id
    where p.ecosystem = given.ecosystem and p.name = given.name and v.version = given.version)
  limit 1`;

const separator = '\u001f';

/** The packages that repositories lock, each version once; its licence is what each report says of it. */
@Injectable()
export class Components {
  /** Makes sure that the versions are known; answers those that were not. */
  async register(tx: Tx, components: readonly Component[]): Promise<readonly PackageVersion[]> {
    const spelled = components.map(spell);
    const column = (name: 'ecosystem' | 'name' | 'version' | 'purl' | 'packagePurl'): string[] => spelled.map((one) => one[name]);
    await rows(tx, insertPackages, [column('ecosystem'), column('name'), column('packagePurl')]);
    const created = await rows<{ id: string }>(tx, insertVersions, [
      column('ecosystem'),
      column('name'),
      column('version'),
      column('purl'),
      spelled.map(({ systemNames }) => systemNames ?? null),
    ]);
    return rows<PackageVersion>(
      tx,
      `select v.id, p.ecosystem, p.name, v.version, v.purl from component_version v join package p on p.id = v.package_id where v.id = any($1::bigint[])`,
      [created.map(({ id }) => id)],
    );
  }

  /** Ids of the versions, in the order of the components; undefined for one that is not known. */
  async idsOf(tx: Tx, components: readonly Component[]): Promise<readonly (string | undefined)[]> {
    const spelled = components.map(spell);
    const found = await rows<{ id: string | null }>(
      tx,
      `select v.id from unnest($1::text[], $2::text[], $3::text[]) with ordinality as given (ecosystem, name, version, place)
       left join package p on p.ecosystem = given.ecosystem and p.name = given.name
       left join component_version v on v.package_id = p.id and v.version = given.version order by given.place`,
      [spelled.map(({ ecosystem }) => ecosystem), spelled.map(({ name }) => name), spelled.map(({ version }) => version)],
    );
    return found.map(({ id }) => id ?? undefined);
  }

  /** Notes where a report has its components; they must be registered. Throws when one was forgotten again since. */
  async place(tx: Tx, report: string, components: readonly Component[]): Promise<void> {
    const spelled = components.map(spell);
    const versions = [spelled.map(({ ecosystem }) => ecosystem), spelled.map(({ name }) => name), spelled.map(({ version }) => version)];
    const [unknown] = await rows<{ name: string }>(tx, unknownVersions, versions);
    if (unknown) throw new Error(`${unknown.name} was forgotten with a removed repository while it was looked at: it is looked at again`);
    await rows(tx, insertOccurrences, [
      report,
      ...versions,
      components.map(({ manifest }) => manifest),
      components.map(({ line }) => line ?? null),
      components.map(({ direct }) => direct),
      components.map(({ scope }) => scope),
      components.map(({ via }) => (via ?? []).join(separator)),
      components.map(({ licence }) => licence ?? null),
    ]);
  }
}

interface Spelled {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly packagePurl: string;
  /** Of a package of an operating system: those under which advisories know it. */
  readonly systemNames?: string;
}

function spell({ ecosystem, name, version, purl }: Component): Spelled {
  const spelled = canonicalName(ecosystem, name);
  const parsed = parsePurl(purl);
  const system = parsed && systemPackageOf(parsed);
  const generic = `pkg:generic/${encodeURIComponent(spelled)}`;
  return {
    ecosystem,
    name: spelled,
    version,
    purl: canonicalPurl(purl) ?? purlOf(ecosystem, name, version) ?? `${generic}@${encodeURIComponent(version)}`,
    packagePurl: system ? withoutVersion(purl) : (purlOf(ecosystem, name) ?? generic),
    ...(system && { systemNames: system.names.map((one) => one.name).join(' ') }),
  };
}
