import { serviceNames } from '@throughline/contracts';
import { differing, repeatedIn } from '@throughline/testing';
import type { TransportedFacts } from '../../journeys/transported-facts.ts';
import { site } from '../../journeys/api.ts';
import type { Evidence, Verdict } from './verdict.ts';

const host = new URL(site).host;

/** Every acknowledged push or report, as `repository@commit`. */
export function subjectsOf({ history }: Evidence, f: 'push' | 'report'): string[] {
  return history.filter((entry) => entry.f === f && entry.type === 'ok').map(({ process, value }) => `${host}/shop/${process}@${value}`);
}

/** What pushes and reports lead to: plans, results, findings, decisions. */
export async function flow(evidence: Evidence): Promise<Verdict> {
  return {
    ...(await evidenceOf(evidence)),
    ...(await findingsOf(evidence)),
    ...(await decisionsOf(evidence)),
    ...(await givenUp(evidence)),
  };
}

async function evidenceOf(evidence: Evidence): Promise<Verdict> {
  const { stage, facts } = evidence;
  const items = await stage.shop.databases.rows<{ item: string; state: string; uploaded: boolean }>(
    'scanner-orchestrator',
    `select p.repository || '@' || p.commit_id || '#' || i.seq as item, i.state, i.request_id is null as uploaded
     from plan p join evidence_item i on i.plan_id = p.id`,
  );
  const made = items.filter(({ state }) => state !== 'unavailable' && state !== 'not_applicable');
  const scanned = made.filter(({ uploaded }) => !uploaded).map(({ item }) => item);
  return {
    'pushes against planned commits': differing(
      ['pushes', [...new Set(subjectsOf(evidence, 'push'))]],
      ['plans', [...new Set(facts.of('evidence.planned').map(({ subject }) => subject))]],
    ),
    'evidence that was not evaluated': made.filter(({ state }) => state !== 'evaluated').map(({ item, state }) => `${item} is ${state}`),
    'scans against their results': differing(['scans', scanned], ['scan.completed', itemsOf(facts, 'scan.completed')]),
    'scans that failed': itemsOf(facts, 'scan.failed'),
    'evidence against what the ledger made of it': differing(
      ['evidence', made.map(({ item }) => item)],
      ['findings.evaluated', itemsOf(facts, 'findings.evaluated')],
    ),
  };
}

/** Each workload that was pushed is one finding, each report another one; on each branch it was opened once, by one event. */
async function findingsOf(evidence: Evidence): Promise<Verdict> {
  const found = await evidence.stage.shop.databases.rows<{ finding: string; place: string; line: string; opened: number }>(
    'ledger',
    `select f.number::text as finding, repository || ' ' || path as place, coalesce(e.line, '') as line, count(*) filter (where e.kind = 'detection' and e.after_state = 'open')::int as opened
     from finding f left join finding_event e on e.finding_number = f.number
     where f.alias_of is null and (path like 'deploy/%' or path like 'src/%') and f.class in ('configuration', 'code')
     group by f.number, repository, path, e.line`,
  );
  const expected = [...Map.groupBy(subjectsOf(evidence, 'push'), repositoryIn)].flatMap(([repository, commits]) =>
    commits.map((_, index) => `${repository} deploy/web-${index}.yaml`),
  );
  const reported = [...Map.groupBy(subjectsOf(evidence, 'report'), repositoryIn)].flatMap(([repository, commits]) =>
    commits.map((_, index) => `${repository} src/${repository.split('/').at(-1)!}-${index + 1}.js`),
  );
  return {
    'findings against workloads and reports': differing(
      ['pushed and reported', [...expected, ...reported]],
      ['findings', [...new Map(found.map(({ finding, place }) => [finding, place])).values()]],
    ),
    'findings that were not opened exactly once': found
      .filter(({ opened }) => opened !== 1)
      .map(({ place, opened }) => `${place}: ${opened}`),
  };
}

async function decisionsOf(evidence: Evidence): Promise<Verdict> {
  const { stage, facts } = evidence;
  const kept = await stage.shop.databases.rows<{ decision: string; published: boolean }>(
    'policy-engine',
    `select gate || ' ' || repository || '@' || commit || ' ' || revision as decision, published from decision`,
  );
  const made = facts.of('decision.made').map(({ subject, sequence, body }) => `${String(body['gate'])} ${subject} ${sequence}`);
  const final = await stage.shop.databases.rows<{ subject: string }>(
    'policy-engine',
    `select s.repository || '@' || s.commit as subject from verdict v join subject s on s.id = v.subject_id where not v.provisional`,
  );
  return {
    'decisions that were made twice': repeatedIn(kept.map(({ decision }) => decision)),
    'decisions against what was told of them': differing(
      ['published', kept.filter(({ published }) => published).map(({ decision }) => decision)],
      ['decision.made', made],
    ),
    'pushes against final verdicts': differing(['pushes', subjectsOf(evidence, 'push')], ['verdicts', final.map(({ subject }) => subject)]),
  };
}

/** Records and work that somebody gave up. */
async function givenUp({ stage }: Evidence): Promise<Verdict> {
  const given = await Promise.all(
    serviceNames.map((service) =>
      stage.shop.databases.rows<{ name: string }>(
        service,
        `select $1 || ' ' || consumer || ': ' || error as name from held_record union all select $1 || ' ' || kind || ': ' || last_error from work where state = 'dead'`,
        [service],
      ),
    ),
  );
  return { 'records and work that were given up': given.flat().map(({ name }) => name) };
}

function itemsOf(facts: TransportedFacts, type: string): string[] {
  return facts.of(type).map(({ subject, body }) => `${subject}#${String(body['seq'])}`);
}

function repositoryIn(subject: string): string {
  return subject.split('@')[0]!;
}
