import { chainIdOf } from '@throughline/contracts';
import type { Databases } from '../journeys/databases.ts';

/** A chain of ten facts: a push, a plan, three scans with evaluations, a decision and an alert. */
const shape = `(values
  (0, 'change.pushed', 'ingest', array['commit:R@C'], array[]::text[]),
  (1, 'evidence.planned', 'scanner-orchestrator', array['plan:R@C'], array['commit:R@C']),
  (2, 'scan.completed', 'scanner-orchestrator', array['scan:R@C#1'], array['plan:R@C']),
  (3, 'scan.completed', 'scanner-orchestrator', array['scan:R@C#2'], array['plan:R@C']),
  (4, 'scan.completed', 'scanner-orchestrator', array['scan:R@C#3'], array['plan:R@C']),
  (5, 'findings.evaluated', 'ledger', array['evaluation:R@C#1'], array['scan:R@C#1']),
  (6, 'findings.evaluated', 'ledger', array['evaluation:R@C#2'], array['scan:R@C#2']),
  (7, 'findings.evaluated', 'ledger', array['evaluation:R@C#3'], array['scan:R@C#3']),
  (8, 'decision.made', 'policy-engine', array['decision:d-N'], array['evaluation:R@C#1', 'evaluation:R@C#2', 'evaluation:R@C#3']),
  (9, 'alert.opened', 'notifier', array['alert:alert-N'], array['decision:d-N'])
) as step (place, type, service, makes, made_from)`;

/** Each fact of each chain once; statements use it by its name. */
const made = `
  create temp table made on commit drop as
  select number, place, type, service, md5(number || ' ' || place)::uuid as id, repository, commit_id, chain_id,
    array(select replace(replace(replace(key, 'R', repository), 'C', commit_id), 'N', number::text) from unnest(makes) as key) as makes,
    array(select replace(replace(replace(key, 'R', repository), 'C', commit_id), 'N', number::text) from unnest(made_from) as key) as made_from,
    now() - make_interval(secs => 900000 - number) + make_interval(secs => place / 10.0) as time
  from (
    select number, $1::text as repository, lpad(to_hex(number), 40, '0') as commit_id,
      encode(sha256(convert_to($1 || chr(10) || lpad(to_hex(number), 40, '0'), 'UTF8')), 'hex') as chain_id
    from generate_series($2::int, $3::int) as number
  ) as root cross join ${shape}`;

const statements = [
  `insert into fact (id, source, type, subject, time, envelope, payload)
   select id, '/throughline/' || service, type, repository || '@' || commit_id, time, repeat('{"id":"x"} ', 30), repeat('{"a":1} ', 60)
   from made order by number, place`,
  `insert into node (id, type, service, subject, chain_id, title, status, summary, assurance, time)
   select id, type, service, repository || '@' || commit_id, chain_id, type, 'done', '[]', 'own', time from made`,
  'insert into made_key (key, node_id) select key, id from made, unnest(makes) as key',
  'insert into cause_key (key, node_id) select key, id from made, unnest(made_from) as key',
  `insert into chain (id, repository, commit_id, title, ref, pushed_at, status, began_at)
   select chain_id, repository, commit_id, 'a change', 'refs/heads/main', time, 'deny', time from made where place = 0`,
];

/** Writes facts as the chain keeps them, without the bus: ten of each commit. */
export async function manyChains(
  databases: Databases,
  of: { readonly repository: string; readonly from: number; readonly facts: number },
): Promise<void> {
  const { repository, from, facts } = of;
  const [first, last] = [from / 10, (from + facts) / 10 - 1];
  for (let at = first; at <= last; at += 10_000) {
    await databases.transaction('chain', [
      { sql: made, params: [repository, at, Math.min(at + 9_999, last)] },
      ...statements.map((sql) => ({ sql })),
    ]);
  }
  await refuseOtherIds(databases, repository, first);
  for (const table of ['fact', 'node', 'made_key', 'cause_key', 'chain']) await databases.rows('chain', `analyze ${table}`);
}

/** The statement makes the ids of chains itself: they have to be those of the service. */
async function refuseOtherIds(databases: Databases, repository: string, number: number): Promise<void> {
  const id = chainIdOf(repository, number.toString(16).padStart(40, '0'));
  const found = await databases.rows('chain', 'select 1 from chain where id = $1', [id]);
  if (found.length === 0) throw new Error('the ids of chains are made in another way by now: change this generator');
}
