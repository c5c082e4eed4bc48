import { detections, findingClasses, repositoryId, severities, triages, type FindingQuery, type Severity } from '@throughline/contracts';
import { Problem, SqlFilter, visibleTo, type Identity } from '@throughline/service';
import { canonicalPurl, formatPurl, parsePurl } from '@throughline/versions';
import { addWanted, likeText, spelled, wantedIn, type Wanted } from '../wanted.ts';
import { uuid } from '../uuid.ts';
import { wordsQuery } from './finding-words.ts';
import { weightOf } from './severity-weight.ts';

const classNames: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(findingClasses.map((name) => [name, [name]])),
  sast: ['code'],
  sca: ['vulnerability'],
  container: ['vulnerability'],
  iac: ['configuration'],
  secrets: ['secret'],
  license: ['licence'],
};

/** A waiver covers it now; as the answers show it. */
const waived = '(f.waiver is not null and exists (select 1 from waiver w where w.id = f.waiver and not w.ended and w.until > now()))';
/** As many as a proposed fix may close. */
const mostIds = 200;

/** The conditions of a list of findings `f`; a `Problem` names a filter that cannot be read. */
export function findingFilter(query: FindingQuery, caller: Identity): SqlFilter {
  const filter = new SqlFilter();
  filter.and('f.alias_of is null');
  filter.and(visibleTo(caller, 'f.application', filter.params));
  const words = [
    ['class', 'f.class', 'text', (value: string) => (Object.hasOwn(classNames, value) ? classNames[value] : undefined)],
    [
      'severity',
      'f.severity',
      'smallint',
      (value: string) => (severities.includes(value as Severity) ? [String(weightOf(value as Severity))] : undefined),
    ],
    ['repository', 'f.repository', 'text', spellRepository],
    ['application', 'f.application', 'text', asGiven],
    ['cve', 'f.cve', 'text', (value: string) => [value.toUpperCase()]],
  ] as const;
  for (const [name, column, type, spell] of words) {
    const wanted = wantedIn(query[name]);
    if (wanted) addWanted(filter, column, type, spelled(name, wanted, spell));
  }
  const ids = wantedIn(query.id, mostIds);
  if (ids)
    addIds(
      filter,
      spelled('id', ids, (value) => (uuid.test(value) ? [value.toLowerCase()] : undefined)),
    );
  addTriage(filter, query.triage);
  addPlaces(filter, query);
  addRelated(filter, query);
  addSwitches(filter, query);
  return filter;
}

/** As the answers show it: a waiver that covers a finding goes before what was said of it. */
function addTriage(filter: SqlFilter, parameter: string | undefined): void {
  const asked = wantedIn(parameter);
  if (!asked) return;
  const { some, none } = spelled('triage', asked, oneOf(triages));
  const among = (values: readonly string[]): string => {
    const said = values.filter((value) => value !== 'risk_accepted');
    const parts = said.length > 0 ? [`(f.triage = any(${filter.param(said)}::text[]) and not ${waived})`] : [];
    return `(${[...parts, ...(said.length < values.length ? [waived] : [])].join(' or ')})`;
  };
  if (some.length > 0) filter.and(among(some));
  if (none.length > 0) filter.and(`not ${among(none)}`);
}

/** An id that became an alias leads to what it is an alias of. */
function addIds(filter: SqlFilter, wanted: Wanted): void {
  const named = (values: readonly string[]): string =>
    `(select coalesce(asked.alias_of, asked.number) from finding asked where asked.id = any(${filter.param(values)}::uuid[]))`;
  if (wanted.some.length > 0) filter.and(`f.number in ${named(wanted.some)}`);
  if (wanted.none.length > 0) filter.and(`f.number not in ${named(wanted.none)}`);
}

/** With a branch the state is that of the branch, else that over all lines. */
function addPlaces(filter: SqlFilter, query: FindingQuery): void {
  const states = wantedIn(query.detection);
  const detection = states && spelled('detection', states, oneOf(detections));
  const branches = wantedIn(query.branch);
  if (branches) {
    const inner = new SqlFilter(filter.params);
    addWanted(
      inner,
      'l.line',
      'text',
      spelled('branch', branches, (name) => [name.startsWith('refs/') ? name : `refs/heads/${name}`]),
    );
    if (detection) addWanted(inner, 's.detection', 'text', detection);
    filter.and(
      `exists (select 1 from finding_state s join lineage l on l.id = s.lineage_id where s.finding_number = f.number and ${inner.where})`,
    );
  } else if (detection) addWanted(filter, 'f.detection', 'text', detection);
  if (query.commit !== undefined) filter.and(presentAt(`e.commit = ${filter.param(query.commit.toLowerCase())}`));
  if (query.artifact !== undefined)
    filter.and(
      presentAt(`e.report_id in (select b.report_id from sbom b where b.artifact = ${filter.param(digestBytes(query.artifact))}::bytea)`),
    );
  if (query.pullRequest !== undefined) filter.and(presentAt(`e.pull_request = ${filter.param(requestNumber(query.pullRequest))}::int`));
}

/** Seen in a report of such an item, or affected by today's advisories through one of its components. */
function presentAt(condition: string): string {
  return `f.repository in (select e.repository from evaluation e where ${condition})
    and exists (select 1 from evaluation e where e.repository = f.repository and ${condition} and (
      exists (select 1 from sighting s where s.report_id = e.report_id and s.finding_number = f.number)
      or (f.group_id is not null and exists (
        select 1 from occurrence o join component_version v on v.id = o.component_version_id and v.package_id = f.package_id
        join affected a on a.component_version_id = v.id and not a."unknown" join advisory_group_member m on m.advisory_id = a.advisory_id
        where o.report_id = e.report_id and m.group_id = f.group_id))))`;
}

function addRelated(filter: SqlFilter, query: FindingQuery): void {
  addExists(
    filter,
    wantedIn(query.tool),
    (any) => `exists (select 1 from attribution t where t.finding_number = f.number and t.tool = ${any})`,
  );
  addExists(filter, wantedIn(query.owner), ownedBy);
  addExists(filter, wantedIn(query.team), (any) => `exists (select 1 from application a where a.name = f.application and a.team = ${any})`);
  addExists(filter, wantedIn(query.advisory), (any) => {
    return `f.group_id in (select m.group_id from advisory_group_member m join advisory_name n on n.advisory_id = m.advisory_id where n.name = ${any})`;
  });
  const cwe = wantedIn(query.cwe);
  addExists(filter, cwe && spelled('cwe', cwe, spellCwe), (any) => `f.cwe && array[(${any})::int]`);
  const purls = wantedIn(query.purl);
  if (purls) addPurls(filter, spelled('purl', purls, spellPurl));
}

/** With a version that one alone, else all versions. */
function addPurls(filter: SqlFilter, { some, none }: Wanted): void {
  const condition = (purl: string): string => {
    const [given, whole] = [filter.param(purl), withoutVersion(purl)];
    const ofPackage = `f.package_id = any(array(select p.id from package p where p.purl = ${whole === purl ? given : filter.param(whole)}))`;
    return `((${ofPackage}${whole === purl ? '' : ` and f.purl = ${given}`}) or (f.package_id is null and f.purl = ${given}))`;
  };
  if (some.length > 0) filter.and(`(${some.map(condition).join(' or ')})`);
  for (const purl of none) filter.and(`(${condition(purl)}) is not true`);
}

/** By CODEOWNERS, else by the application; `unowned` is who has neither. */
function ownedBy(any: string, owner: string): string {
  const byNoFile = 'coalesce(cardinality(f.code_owners), 0) = 0';
  const applications = `f.application = any(array(select a.name from application a where ${any} = any(a.owners)))`;
  const known = `((f.code_owners && array[${any}]::text[]) or (${byNoFile} and ${applications}))`;
  if (owner !== 'unowned') return known;
  return `(${known} or (${byNoFile} and not exists (select 1 from application a where a.name = f.application and cardinality(a.owners) > 0)))`;
}

/** One condition per value, so that each can be turned around. */
function addExists(filter: SqlFilter, wanted: Wanted | undefined, condition: (placeholder: string, value: string) => string): void {
  if (!wanted) return;
  const some = wanted.some.map((value) => condition(filter.param(value), value));
  if (some.length > 0) filter.and(`(${some.join(' or ')})`);
  for (const value of wanted.none) filter.and(`(${condition(filter.param(value), value)}) is not true`);
}

function addSwitches(filter: SqlFilter, query: FindingQuery): void {
  const is = (value: 'true' | 'false'): string => (value === 'true' ? '' : 'not ');
  if (query.kev) filter.and(`${is(query.kev)}exists (select 1 from intel k where k.cve = f.cve and k.kev_added is not null)`);
  if (query.fixable) filter.and(`${is(query.fixable)}(f.fixed_in is not null)`);
  if (query.waived) filter.and(`${is(query.waived)}${waived}`);
  if (query.overdue) filter.and(`${is(query.overdue)}(f.due < now() and f.paused_at is null)`);
  if (query.epss !== undefined)
    filter.and(`exists (select 1 from intel k where k.cve = f.cve and k.epss >= ${filter.param(probability(query.epss))}::real)`);
  if (query.firstSeen !== undefined) {
    const from = `${filter.param(query.firstSeen)}::timestamptz`;
    // Nothing is due before it was seen: in the order of due dates one need not begin at the oldest.
    filter.and(`f.first_seen >= ${from} and f.due >= ${from}`);
  }
  if (query.path !== undefined) filter.and(underPath(filter, query.path.replace(/^\/+|\/+$/g, '')));
  const words = query.q === undefined ? undefined : wordsQuery(query.q);
  if (words !== undefined)
    filter.and(
      `exists (select 1 from finding_words w where w.finding_number = f.number and w.words @@ to_tsquery('simple', ${filter.param(words)}))`,
    );
}

/** A range of the index, and what a pattern says beside it. */
function underPath(filter: SqlFilter, path: string): string {
  const [literal = ''] = path.split('*');
  const within = (from: string, below: string): string => `(f.path ~>=~ ${filter.param(from)} and f.path ~<~ ${filter.param(below)})`;
  // '0' comes after '/' as U+10FFFF after all characters.
  if (literal === path) return `(f.path = ${filter.param(path)} or ${within(`${path}/`, `${path}0`)})`;
  const pattern = likeText(path).replaceAll('*', '%');
  return `(${within(literal, `${literal}\u{10ffff}`)} and (f.path like ${filter.param(pattern)} or f.path like ${filter.param(`${pattern}/%`)}))`;
}

function asGiven(value: string): readonly string[] {
  return [value];
}

function oneOf(words: readonly string[]): (value: string) => readonly string[] | undefined {
  return (value) => (words.includes(value) ? [value] : undefined);
}

function spellRepository(value: string): readonly string[] | undefined {
  try {
    return [repositoryId(value)];
  } catch {
    return undefined;
  }
}

function spellPurl(value: string): readonly string[] | undefined {
  const purl = canonicalPurl(value);
  return purl === undefined ? undefined : [purl];
}

function withoutVersion(purl: string): string {
  const { version, ...rest } = parsePurl(purl)!;
  return version === undefined ? purl : (formatPurl({ ...rest, qualifiers: {} }) ?? purl);
}

function spellCwe(value: string): readonly string[] | undefined {
  const number = /^(?:cwe-)?0*(\d{1,5})$/i.exec(value)?.[1];
  return number === undefined ? undefined : [number];
}

function probability(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1)) throw unreadable('epss', 'is no number from 0 to 1');
  // Smaller ones the column does not hold.
  return number < 1e-30 ? 0 : number;
}

function digestBytes(value: string): Buffer {
  if (!/^sha256:[0-9a-f]{64}$/.test(value)) throw unreadable('artifact', 'is no digest of an image');
  return Buffer.from(value.slice('sha256:'.length), 'hex');
}

function requestNumber(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 2 ** 31 - 1) throw unreadable('pullRequest', 'is no number of a change request');
  return number;
}

function unreadable(name: string, why: string): Problem {
  return new Problem(400, 'invalid', `${name} ${why}`, [{ pointer: `/${name}`, detail: why }]);
}
