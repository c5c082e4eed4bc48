import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@throughline/contracts';
import { Missed, type Fault, type FaultOptions } from '../fault.ts';
import type { Point } from '../way.ts';

/** SIGKILL, whatever it is doing. */
export function killed(service: ServiceName): Fault {
  return { name: `kill ${service}`, kind: 'kill', victims: [service], run: (stage) => stage.restart(service) };
}

/** Killed while a statement is on its way to the database, or its answer back. */
export function killedAt(service: ServiceName, where: string, point: Point): Fault {
  return {
    name: `kill ${service} ${where}`,
    kind: 'kill at a point',
    victims: [service],
    run: async (stage, o) => {
      const way = stage.way(service, 'postgres');
      await reached(way.caught(point), o).finally(() => way.disarm());
      await stage.restart(service);
    },
  };
}

/** Killed while the receiver outside has a message and has not answered. */
export const killedWhileSending: Fault = {
  name: 'kill notifier while a message is at its receiver',
  kind: 'kill at a point',
  victims: ['notifier'],
  run: async (stage, o) => {
    const { platform } = stage.shop;
    const dead = new Promise<void>((done, failed) => {
      stage.onTold = () => {
        stage.onTold = undefined;
        platform.kill('notifier').then(done, failed);
      };
    });
    await reached(dead, o).finally(() => (stage.onTold = undefined));
    await stage.restart('notifier');
  },
};

async function reached(point: Promise<void>, { patienceMs }: FaultOptions): Promise<void> {
  const waiting = new AbortController();
  const late = sleep(patienceMs, 'late', { signal: waiting.signal });
  try {
    if ((await Promise.race([point, late])) === 'late') throw new Missed('nothing came to this point');
  } finally {
    late.catch(() => undefined);
    waiting.abort();
  }
}

const commit = /COMMIT/;
const before = (...statements: RegExp[]): Point => ({ statements, stop: 'before' });
const after = (...statements: RegExp[]): Point => ({ statements, stop: 'after' });

/** Where a plain SIGKILL would hardly ever hit: on both sides of each transaction that makes or sends something. */
export const points: readonly Fault[] = [
  killedAt('ingest', 'before a delivery is committed', before(/insert into delivery \(/, commit)),
  killedAt('ingest', 'after a delivery was committed', after(/insert into delivery \(/, commit)),
  killedAt('ingest', 'between send and delete', before(/delete from outbox/)),
  killedAt('ingest', 'after the delete of what was sent', after(/delete from outbox/, commit)),
  killedAt('chain', 'between inbox and commit', before(/insert into inbox/, commit)),
  killedAt('chain', 'after the commit of its inbox', after(/insert into inbox/, commit)),
  killedAt('scanner-orchestrator', 'after a report was taken', after(/insert into uploaded_report/, commit)),
  killedAt('scanner-orchestrator', 'before a plan is committed', before(/insert into evidence_item/, commit)),
  killedAt('ledger', 'in the middle of an import', before(/insert into sighting/)),
  killedAt('ledger', 'between send and delete', before(/delete from outbox/)),
  killedAt('policy-engine', 'before a decision is committed', before(/insert into decision \(/, commit)),
  killedAt('policy-engine', 'after a decision was committed', after(/insert into decision \(/, commit)),
  killedAt('notifier', 'before an alert is committed', before(/insert into alerts/, commit)),
  killedAt('notifier', 'between a message and its note', before(/update deliveries set state = \$2/)),
  killedAt('remediation', 'between inbox and commit', before(/insert into inbox/, commit)),
  killedAt('gateway', 'between inbox and commit', before(/insert into inbox/, commit)),
  killedWhileSending,
];
