import { serviceNames, type ServiceName } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import type { Stage } from './stage.ts';

const messages = `
  select state || ' message: ' || summary as open from deliveries where state in ('queued', 'sending', 'retrying') limit 3`;
const undecided = `
  select 'no final verdict: ' || repository || '@' || commit as open from subject s
  where ref <> '' and not exists (select 1 from verdict v where v.subject_id = s.id and not v.provisional) limit 3`;

/** What some services have to do beside what all of them may have. */
const ownWork: Partial<Record<ServiceName, string>> = { notifier: messages, 'policy-engine': undecided };

const open = `
  select 'facts to send' as open where exists (select 1 from outbox)
  union all select 'held records' where exists (select 1 from held_record where state = 'waiting')
  union all (select 'work: ' || kind from work
    where state = 'leased' or (state = 'open' and (run_after < now() + interval '10 seconds' or (failures > 0 and kind <> 'look-for-missed-pushes'))) limit 3)`;

const givenUp = `select 'given up: ' || kind || ': ' || coalesce(last_error, '') as open from work where state = 'dead' limit 3`;

/** Waits until nothing is on its way any more; fails with what still is, and with what may be the reason. */
export async function settled(stage: Stage, withinMs: number): Promise<void> {
  await eventually(async () => {
    const left = await everywhere(stage, (service) => [open, ownWork[service]]);
    const behind = left.length > 0 ? [] : await stage.broker.behind(stage.shop.platform.prefix);
    if (left.length + behind.length > 0) throw new Error(`still on its way: ${[...left, ...behind].slice(0, 10).join('; ')}`);
  }, withinMs).catch(async (error: Error) => {
    const dead = await everywhere(stage, () => [givenUp]);
    const behind = await stage.broker.behind(stage.shop.platform.prefix);
    throw new Error(`${error.message}; ${[...dead, ...behind].slice(0, 20).join('; ') || 'nothing was given up, and nobody is behind'}`);
  });
}

/** What questions find in the databases of all services, as short texts. */
async function everywhere({ shop: { databases } }: Stage, questions: (service: ServiceName) => (string | undefined)[]): Promise<string[]> {
  const found = serviceNames.map(async (service) => {
    const sql = questions(service).filter((one) => one !== undefined);
    const rows = await databases.rows<{ open: string }>(service, sql.map((one) => `(${one})`).join(' union all '));
    return rows.map((row) => `${service}: ${row.open}`);
  });
  return (await Promise.all(found)).flat();
}
