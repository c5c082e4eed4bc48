import type { Databases } from '../journeys/databases.ts';

/** Of how much there are so many components. */
export interface Portfolio {
  /** Images and repositories, one report each: four images to one repository. */
  readonly reports: number;
  /** Looked for in each report; what is hit twice is there once. */
  readonly draws: number;
  readonly packages: number;
}

const versionsEach = 5;
const applications = 150;
const reportsAtOnce = 500;
/** Every fifth is a repository, the others are images. */
const nameOf = (number: string): string =>
  `case when ${number} % 5 = 0 then 'git.shop.example/shop/r' || ${number} else 'image:shop/i' || ${number} end`;

const surroundings = ({ packages }: Portfolio): readonly string[] => [
  `insert into application (name, team, tier, exposure, owners)
   select 'app-' || n, 'team-' || n % 40, 'tier-' || 1 + n % 3, 'internal', array['owner-' || n % 60 || '@shop.example'] from generate_series(1, ${applications}) as n`,
  `insert into package (ecosystem, name, purl) select 'npm', 'package-' || n, 'pkg:npm/package-' || n from generate_series(1, ${packages}) as n`,
  `insert into component_version (package_id, version, purl) select p.id, v || '.0.0', p.purl || '@' || v || '.0.0'
   from package p, generate_series(1, ${versionsEach}) as v order by p.id, v`,
  `insert into ecosystem_data (ecosystem) values ('npm') on conflict do nothing`,
];

/** The first packages are in nearly every report, the last in hardly any. */
const reports = ({ packages, draws }: Portfolio): readonly string[] => [
  `insert into repository (id, name, registered_application)
   select ${nameOf('n')}, 'r' || n, 'app-' || 1 + n % ${applications} from generate_series($1::bigint, $2::bigint) as n`,
  `insert into report (id, repository, digest) overriding system value
   select n, ${nameOf('n')}, decode(md5('report ' || n), 'hex') from generate_series($1::bigint, $2::bigint) as n`,
  `insert into lineage (id, repository, line, tool, ruleset, applied, assurance) overriding system value
   select n, ${nameOf('n')}, case when n % 5 = 0 then 'refs/heads/main' else 'latest' end, 'sbom', 'v1', 1, 'claimed' from generate_series($1::bigint, $2::bigint) as n`,
  `insert into sbom (id, report_id, repository, commit, artifact, image, format, spec_version, assurance, components)
   select 'run ' || n, n, ${nameOf('n')}, '', decode(md5('a' || n) || md5('b' || n), 'hex'), 'shop/i' || n, 'CycloneDX', '1.6', 'claimed', ${draws}
   from generate_series($1::bigint, $2::bigint) as n where n % 5 <> 0`,
  `insert into evaluation (repository, commit, seq, application, ref, baseline, run, tool, ruleset, finds, lineage_id, position, closes, report_id,
     ecosystems, outcome, assurance)
   select ${nameOf('n')}, md5('c' || n) || '00000000', 1, 'app-' || 1 + n % ${applications}, 'refs/heads/main', false, 'run ' || n, 'sbom', 'v1',
     array['vulnerability'], n, 1, true, n, array['npm'], 'evaluated', 'claimed' from generate_series($1::bigint, $2::bigint) as n`,
  `update lineage l set head_id = e.id from evaluation e where e.lineage_id = l.id and l.id between $1 and $2`,
  `insert into occurrence (component_version_id, report_id, manifest, direct, scope, via)
   select distinct on (n, package, version) ${versionsEach} * (package - 1) + version, n, 'package-lock.json', draw % 8 = 0, 'runtime', array[]::text[]
   from (select n, draw, 1 + floor(${packages} * power(random(), 3))::bigint as package, 1 + floor(${versionsEach} * random())::bigint as version
         from generate_series($1::bigint, $2::bigint) as n, generate_series(1, ${draws}) as draw) as drawn`,
];

/** Writes SBOMs as the ledger keeps them, without uploads. Answers how many places of components there are then. */
export async function manyComponents(databases: Databases, portfolio: Portfolio): Promise<number> {
  await databases.transaction('ledger', [{ sql: 'select setseed(0.42)' }, ...surroundings(portfolio).map((sql) => ({ sql }))]);
  for (let from = 1; from <= portfolio.reports; from += reportsAtOnce) {
    const params = [from, Math.min(from + reportsAtOnce - 1, portfolio.reports)];
    await databases.transaction('ledger', [
      { sql: `select setseed(${from / portfolio.reports})` },
      ...reports(portfolio).map((sql) => ({ sql, params })),
    ]);
  }
  await databases.rows('ledger', 'vacuum analyze');
  const [counted] = await databases.rows<{ count: string }>('ledger', 'select count(*) from occurrence');
  return Number(counted!.count);
}
