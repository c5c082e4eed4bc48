import { detections, findingClasses, repositoryId, severities, triages, type FindingQuery, type Severity } from '@throughline/contracts';
import { Problem, SqlFilter, visibleTo, type Identity } from '@throughline/service';
import { canonicalPurl } from '@throughline/versions';
import { addWanted, likeText, spelled, wantedIn, type Wanted } from '../wanted.ts';
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
const waived = 'exists (select 1 from waiver w where w.id = f.waiver and not w.ended and w.until > now())';
const shownTriage = `(case when ${waived} then 'risk_accepted' else f.triage end)`;
/** As many as a proposed fix may close. */
const mostIds = 200;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
    ['triage', shownTriage, 'text', oneOf(triages)],
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
  addPlaces(filter, query);
  addRelated(filter, query);
  addSwitches(filter, query);
  return filter;
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
  return `exists (select 1 from evaluation e where e.repository = f.repository and ${condition} and (
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
    return `exists (select 1 from advisory_group_member m join advisory_name n on n.advisory_id = m.advisory_id where m.group_id = f.group_id and n.name = ${any})`;
  });
  const cwe = wantedIn(query.cwe);
  addExists(filter, cwe && spelled('cwe', cwe, spellCwe), (any) => `f.cwe && array[(${any})::int]`);
  const purls = wantedIn(query.purl);
  if (purls) {
    const known = spelled('purl', purls, spellPurl);
    addExists(
      filter,
      known,
      (any) => `(f.purl = ${any} or exists (select 1 from package p where p.id = f.package_id and p.purl = ${any}))`,
    );
  }
}

/** By CODEOWNERS, else by the application; `unowned` is who has neither. */
function ownedBy(any: string): string {
  const ofApplication = (condition: string): string => `exists (select 1 from application a where a.name = f.application and ${condition})`;
  const byFile = 'coalesce(cardinality(f.code_owners), 0) > 0';
  return `case when ${byFile} then ${any} = any(f.code_owners)
    when ${any} = 'unowned' then not ${ofApplication('cardinality(a.owners) > 0')} else ${ofApplication(`${any} = any(a.owners)`)} end`;
}

/** One condition per value, so that each can be turned around. */
function addExists(filter: SqlFilter, wanted: Wanted | undefined, condition: (placeholder: string) => string): void {
  if (!wanted) return;
  const some = wanted.some.map((value) => condition(filter.param(value)));
  if (some.length > 0) filter.and(`(${some.join(' or ')})`);
  for (const value of wanted.none) filter.and(`not (${condition(filter.param(value))})`);
}

function addSwitches(filter: SqlFilter, query: FindingQuery): void {
  const is = (value: 'true' | 'false'): string => (value === 'true' ? '' : 'not ');
  if (query.kev) filter.and(`${is(query.kev)}exists (select 1 from intel k where k.cve = f.cve and k.kev_added is not null)`);
  if (query.fixable) filter.and(`${is(query.fixable)}(f.fixed_in is not null)`);
  if (query.waived) filter.and(`${is(query.waived)}${waived}`);
  if (query.overdue) filter.and(`${is(query.overdue)}(f.due < now() and f.detection in ('open', 'not_evaluated') and not ${waived})`);
  if (query.epss !== undefined)
    filter.and(`exists (select 1 from intel k where k.cve = f.cve and k.epss >= ${filter.param(probability(query.epss))}::real)`);
  if (query.firstSeen !== undefined) filter.and(`f.first_seen >= ${filter.param(query.firstSeen)}::timestamptz`);
  if (query.path !== undefined) {
    const pattern = likeText(query.path.replace(/^\/+|\/+$/g, '')).replaceAll('*', '%');
    filter.and(`(f.path like ${filter.param(pattern)} or f.path like ${filter.param(`${pattern}/%`)})`);
  }
  if (query.q !== undefined && query.q.trim() !== '') {
    const any = filter.param(`%${likeText(query.q.trim())}%`);
    filter.and(`(${['title', 'rule', 'path', 'cve', 'purl', 'repository'].map((column) => `f.${column} ilike ${any}`).join(' or ')})`);
  }
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
