import { serviceNames } from '@throughline/contracts';
import type { Fault } from '../fault.ts';
import { clock, network, stopped } from './disturbed.ts';
import { killed, points } from './killed.ts';
import { brokerKilled, brokerRestarted, longAway, postgresAborted, postgresKilled } from './servers.ts';

const cutFromPostgres = network('ingest', 'postgres', 'cut');
const unanswered = network('ledger', 'postgres', 'lost');

/** Each service killed once: what every round does. */
export const kills: readonly Fault[] = serviceNames.map(killed);

const inShort = [
  'after a delivery was committed',
  'ingest between send and delete',
  'chain between inbox and commit',
  'an import',
  'a message is at',
];

/** What a short run has time for beside the kills. */
export const some: readonly Fault[] = [
  ...points.filter(({ name }) => inShort.some((part) => name.includes(part))),
  stopped('policy-engine'),
  cutFromPostgres,
  unanswered,
  brokerKilled,
  postgresKilled,
];

/** All else that can go wrong. */
export const others: readonly Fault[] = [
  ...points,
  ...serviceNames.map(stopped),
  cutFromPostgres,
  network('ingest', 'postgres', 'deaf'),
  network('ingest', 'broker', 'lost'),
  network('chain', 'postgres', 'slow'),
  network('chain', 'broker', 'deaf'),
  network('scanner-orchestrator', 'postgres', 'cut'),
  network('scanner-orchestrator', 'broker', 'silent'),
  unanswered,
  network('ledger', 'broker', 'cut'),
  network('policy-engine', 'postgres', 'silent'),
  network('policy-engine', 'broker', 'slow'),
  network('notifier', 'postgres', 'deaf'),
  network('notifier', 'broker', 'cut'),
  network('remediation', 'postgres', 'lost'),
  network('gateway', 'postgres', 'silent'),
  clock('ingest', 40),
  clock('scanner-orchestrator', -40),
  clock('ledger', 3_600),
  clock('policy-engine', -3_600),
  clock('notifier', 86_400),
  brokerKilled,
  brokerRestarted,
  postgresKilled,
  postgresAborted,
  longAway,
];
