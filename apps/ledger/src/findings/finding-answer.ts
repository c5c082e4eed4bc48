import {
  chainIdOf,
  type Detection,
  type Exploitation,
  type FindingAnswer,
  type FindingClass,
  type FindingRisk,
  type Priority,
  type Triage,
} from '@throughline/contracts';
import { exploitationOf } from '../advisories/exploitation.ts';
import { severityAt } from './severity-weight.ts';
import { shownTriage, waiverInForce } from './shown-triage.ts';

/** A finding as the lists select it. */
export interface FindingRow {
  readonly number: string;
  readonly id: string;
  readonly class: FindingClass;
  readonly rule: string;
  readonly title: string;
  readonly severity: number;
  readonly detection: Detection;
  readonly triage: Triage;
  readonly risk: number;
  readonly priority: Priority;
  readonly due: Date;
  readonly pausedSince: Date | null;
  readonly cve: string | null;
  readonly cwe: number[];
  readonly purl: string | null;
  readonly version: string | null;
  readonly fixedIn: string | null;
  readonly path: string | null;
  readonly line: number | null;
  readonly repository: string;
  readonly application: string;
  readonly team: string | null;
  readonly owner: string | null;
  readonly codeOwners: readonly string[] | null;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly firstCommit: string;
  readonly aliases: string[];
  readonly exploited: boolean;
  readonly exploitation: Exploitation;
  readonly epss: number | null;
  readonly claimed: boolean;
  readonly waiverId: string | null;
  readonly waiverLabel: string | null;
  readonly waivedUntil: Date | null;
  readonly attributions: readonly { readonly tool: string; readonly first: string; readonly last: string }[];
}

export const findingColumns = `f.number, f.id, f.class, f.rule, f.title, f.severity, f.detection, ${shownTriage} as triage, f.risk, f.priority, f.due, f.paused_at as "pausedSince", f.cve, f.cwe,
  f.purl, f.version, f.fixed_in as "fixedIn", f.path, f.line, f.repository, f.application, owner.team, owner.owners[1] as owner, f.code_owners as "codeOwners",
  f.first_seen as "firstSeen", seen.last_seen as "lastSeen", f.first_commit as "firstCommit", f.claimed,
  i.kev_added is not null as exploited, ${exploitationOf('f.cve')} as exploitation, i.epss, w.id as "waiverId", w.label as "waiverLabel", w.until as "waivedUntil",
  array(select distinct n.name from advisory_group_member m join advisory_name n on n.advisory_id = m.advisory_id
        where m.group_id = f.group_id order by n.name limit 50) as aliases,
  coalesce((select json_agg(json_build_object('tool', t.tool, 'first', t.first_seen, 'last', t.last_seen) order by t.tool)
            from attribution t where t.finding_number = f.number), '[]') as attributions`;

export const findingJoins = `join finding_seen seen on seen.finding_number = f.number left join application owner on owner.name = f.application left join intel i on i.cve = f.cve
  ${waiverInForce}`;

/** A row as the interface shows it. */
export function answerOf(row: FindingRow, linkBase: string): FindingAnswer {
  const { id, rule, title, detection, triage, priority, cve, cwe, purl, version, fixedIn, path, line, epss, team } = row;
  return {
    id,
    class: row.class,
    rule,
    title,
    severity: severityAt(row.severity),
    detection,
    triage,
    presence: ['source'],
    risk: { score: row.risk, priority, ...deadlineOf(row) },
    ...(cve !== null && { cve, kev: row.exploited, exploitation: row.exploitation }),
    ...(cwe.length > 0 && { cwe }),
    ...(purl !== null && { component: { purl, version: version ?? '', ...(fixedIn !== null && { fixedIn }) } }),
    ...(path !== null && { location: { path, ...(line !== null && { line }) } }),
    attributions: row.attributions.map(({ tool, first, last }) => ({ tool, first: utc(first), last: utc(last) })),
    repository: row.repository,
    application: row.application,
    ...(team !== null && { team }),
    owner: row.codeOwners?.[0] ?? row.owner ?? 'unowned',
    ...(row.codeOwners !== null && { codeOwners: [...row.codeOwners] }),
    firstSeen: row.firstSeen.toISOString(),
    lastSeen: row.lastSeen.toISOString(),
    introducedBy: { commit: row.firstCommit },
    aliases: row.aliases,
    ...(row.claimed && { claimed: true }),
    ...waiverOf(row, linkBase),
    ...(epss !== null && { epss }),
    ...(fixedIn !== null && { fix: { version: fixedIn } }),
    chain: chainIdOf(row.repository, row.firstCommit),
    url: `${linkBase}/findings/${id}`,
  };
}

/** When it must be fixed. */
export function deadlineOf({ due, pausedSince }: FindingRow): Pick<FindingRisk, 'due' | 'pausedSince'> {
  return { due: due.toISOString(), ...(pausedSince !== null && { pausedSince: pausedSince.toISOString() }) };
}

function waiverOf({ waiverId, waiverLabel, waivedUntil }: FindingRow, linkBase: string): Pick<FindingAnswer, 'waiver'> {
  if (waiverId === null) return {};
  const url = `${linkBase}/waivers/${waiverId}`;
  return { waiver: { id: waiverId, label: waiverLabel!, until: waivedUntil!.toISOString(), url } };
}

function utc(time: string): string {
  return new Date(time).toISOString();
}
