import { wordsOf } from '../../apps/ledger/src/findings/finding-words.ts';
import type { Databases } from '../journeys/databases.ts';

const atOnce = 100_000;

/** Of how much there are so many findings. */
export const world = { applications: 150, repositories: 400, packages: 5_000, advisories: 20_000, lineages: 4 } as const;

/** The tools of the lineages of a repository, by what they find. */
const tools = `array['osv', 'semgrep', 'gitleaks', 'checkov']`;

const surroundings = [
  `insert into application (name, team, tier, exposure, owners)
   select 'app-' || n, 'team-' || n % 40, 'tier-' || 1 + n % 3, case when n % 5 = 0 then 'internet' else 'internal' end,
     case when n % 10 = 0 then array[]::text[] else array['owner-' || n % 60 || '@shop.example'] end
   from generate_series(1, ${world.applications}) as n`,
  `insert into repository (id, name, registered_application)
   select 'git.shop.example/shop/r' || n, 'r' || n, 'app-' || 1 + n % ${world.applications} from generate_series(1, ${world.repositories}) as n`,
  `insert into package (ecosystem, name, purl) select 'npm', 'package-' || n, 'pkg:npm/package-' || n from generate_series(1, ${world.packages}) as n`,
  `insert into advisory (feed, osv_id, digest, summary, details, severity, severity_known, modified_at, record)
   select 'osv', 'GHSA-bench-' || n, decode(md5(n::text), 'hex'), 'a weakness', '', 'high', true, now(), '' from generate_series(1, ${world.advisories}) as n`,
  `insert into advisory_name (name, advisory_id) select name, id from advisory,
     unnest(array[osv_id, 'CVE-2026-' || replace(osv_id, 'GHSA-bench-', '')]) as name`,
  `insert into advisory_group (cve) select 'CVE-2026-' || n from generate_series(1, ${world.advisories}) as n`,
  `insert into advisory_group_member (group_id, advisory_id) select g.id, n.advisory_id from advisory_group g join advisory_name n on n.name = g.cve`,
  `insert into intel (cve, kev_added, epss) select 'CVE-2026-' || n, case when n % 100 = 0 then date '2026-01-01' end, power(random(), 8)
   from generate_series(1, ${world.advisories}) as n`,
  `insert into report (repository, digest) select id, decode(md5(id || tool), 'hex') from repository, unnest(${tools}) as tool`,
  `insert into lineage (repository, line, tool, ruleset, applied)
   select id, 'refs/heads/main', tool, 'v1', 1 from repository, unnest(${tools}) as tool`,
  `insert into evaluation (repository, commit, seq, application, ref, pull_request, baseline, run, tool, ruleset, finds, lineage_id, position,
     closes, report_id, ecosystems, outcome)
   select l.repository, md5(l.repository) || '00000000', array_position(${tools}, l.tool), r.registered_application, 'refs/heads/main', 7, false, 'run', l.tool, 'v1',
     array['code'], l.id, 1, true, p.id, array['npm'], 'evaluated'
   from lineage l join repository r on r.id = l.repository join report p on p.repository = l.repository and p.digest = decode(md5(l.repository || l.tool), 'hex')`,
  `update lineage l set head_id = e.id from evaluation e where e.lineage_id = l.id`,
  `insert into waiver (id, label, application, document, reason, approved_by, until, sequence)
   select md5('waiver ' || n)::uuid, 'W-' || n, 'app-' || 1 + n % ${world.applications}, '{}', 'accepted', 'ann', now() + make_interval(days => n % 90 - 10), 1
   from generate_series(1, 500) as n`,
];

/** Some are seen often: the larger a number, the rarer what has it. */
const findings = `
  insert into finding (id, alias_of, class, rule, title, severity, cvss, cwe, detection, triage, repository, application, path, line, group_id,
    package_id, purl, version, fixed_in, advisory, cve, risk, priority, due, first_commit, first_seen, code_owners, waiver)
  select md5('finding ' || n)::uuid, case when n % 50 = 0 and n > 1 then n - 1 end, class,
    case when class = 'vulnerability' then 'CVE-2026-' || known else 'rule-' || known % 500 end,
    case when class = 'vulnerability' then 'package-' || package || ' has a weakness' else 'rule ' || known % 500 || ' is broken' end,
    least(4, floor(5 * power(dice, 1.5)))::smallint, case when class = 'vulnerability' then round((10 * dice)::numeric, 1) end, array[20 + known % 300],
    (array['open', 'open', 'open', 'resolved', 'resolved', 'not_evaluated'])[1 + floor(6 * random())::int],
    (array['new', 'new', 'new', 'new', 'new', 'in_triage', 'exploitable', 'not_affected', 'false_positive'])[1 + floor(9 * random())::int],
    'git.shop.example/shop/r' || repository, 'app-' || 1 + repository % ${world.applications}, 'services/part-' || known % 40 || '/src/file-' || known % 977 || '.ts',
    1 + n % 400, case when class = 'vulnerability' then known end, case when class = 'vulnerability' then package end,
    case when class = 'vulnerability' then 'pkg:npm/package-' || package || '@1.' || known % 30 || '.0' end, '1.' || known % 30 || '.0',
    case when class = 'vulnerability' and n % 3 > 0 then '2.0.0' end, case when class = 'vulnerability' then 'GHSA-bench-' || known end,
    case when class = 'vulnerability' then 'CVE-2026-' || known end, round((100 * power(dice, 3))::numeric, 2),
    (array['P4', 'P3', 'P2', 'P1'])[1 + floor(4 * power(dice, 3))::int],
    seen + make_interval(days => (array[180, 90, 30, 7])[1 + floor(4 * power(dice, 3))::int]), md5(n::text) || '00000000', seen, case when n % 3 = 0 then array['@team-' || known % 40] end,
    case when n % 200 = 0 then md5('waiver ' || 1 + known % 500)::uuid end
  from (
    select n, random() as dice, 1 + floor(${world.repositories} * power(random(), 2))::int as repository,
      1 + floor(${world.advisories} * power(random(), 3))::int as known, 1 + floor(${world.packages} * power(random(), 3))::int as package,
      now() - make_interval(secs => (400 * 86400) * random()) as seen,
      (array['vulnerability', 'vulnerability', 'vulnerability', 'code', 'code', 'configuration', 'secret', 'vulnerability', 'vulnerability', 'licence'])[1 + n % 10] as class
    from generate_series($1::bigint, $2::bigint) as n
  ) as made`;

const around = [
  `insert into finding_seen (finding_number, detection, last_seen) select number, detection,
     case when detection = 'resolved' then least(now(), first_seen + make_interval(days => (number % 90)::int)) else now() - make_interval(secs => number % 86400) end
   from finding where number between $1 and $2`,
  `insert into finding_words (finding_number, words) select number, ${wordsOf('')} from finding where number between $1 and $2`,
  `insert into attribution (finding_number, tool) select number, tool from finding, unnest(case when number % 4 = 0 then array['osv', 'trivy']
     when class = 'code' then array['semgrep'] when class = 'secret' then array['gitleaks'] when class = 'configuration' then array['checkov']
     else array['osv'] end) as tool where number between $1 and $2`,
  `insert into finding_state (finding_number, lineage_id, detection) select f.number, l.id, f.detection from finding f
     join lineage l on l.repository = f.repository and l.tool = (${tools})[1 + f.number % 4] where f.number between $1 and $2`,
  `insert into sighting (report_id, finding_number, place, path, line) select e.report_id, f.number, 0, f.path, f.line from finding f
     join evaluation e on e.repository = f.repository and e.tool = (${tools})[1 + f.number % 4] where f.number between $1 and $2 and f.class <> 'vulnerability'`,
];

/** Writes findings as the ledger keeps them, without scans: of few applications many, of most rules and advisories few. */
export async function manyFindings(databases: Databases, count: number): Promise<void> {
  await databases.transaction('ledger', [{ sql: 'select setseed(0.42)' }, ...surroundings.map((sql) => ({ sql }))]);
  for (let from = 1; from <= count; from += atOnce) {
    const params = [from, Math.min(from + atOnce - 1, count)];
    await databases.transaction('ledger', [
      { sql: `select setseed(${from / count})` },
      { sql: findings, params },
      ...around.map((sql) => ({ sql, params })),
    ]);
  }
  await databases.rows('ledger', 'vacuum analyze');
}
