import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { History } from '@throughline/testing';
import { kills, others, some } from './faults/registry.ts';
import type { Fault } from './fault.ts';
import { play, type Play } from './play.ts';
import { reported } from './report.ts';
import { Stage } from './stage.ts';

const usage = `npm run chaos -- [--short] [--seed N] [--events N] [--rounds N] [--minutes N] [--lanes N] [--only TEXT] [--history FILE]
  Everything that can go wrong goes wrong while events come in; then what was acknowledged is compared with what is there.
  --seed    the same seed gives the same faults in the same order; when they strike depends on the machine
  --rounds  in each, every service is killed once, and some of all other faults strike
  --minutes no fault begins later, and nothing more is asked for when the events are not complete
  --lanes   faults at a time; never two at the same service
  --only    faults whose name holds the text
  --short   one round with short outages
`;

const number = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`"${text}" is not a whole number`);
  return value;
};

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string' },
    events: { type: 'string' },
    rounds: { type: 'string' },
    minutes: { type: 'string' },
    lanes: { type: 'string' },
    only: { type: 'string' },
    history: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function playOf(): Play {
  const named = ({ name }: Fault): boolean => name.includes(values.only ?? '');
  const minutes = number(values.minutes, values.short ? 3 : 120);
  const events = number(values.events, values.short ? 500 : 100_000);
  return {
    seed: number(values.seed, Date.now() % 1_000_000),
    events,
    rounds: number(values.rounds, values.short ? 1 : 20),
    withinMs: minutes * 60_000,
    kills: kills.filter(named),
    others: (values.short ? some : others).filter(named),
    lanes: number(values.lanes, values.short ? 2 : 4),
    stopMs: values.short ? 5_000 : 30_000,
    outageMs: values.short ? 5_000 : 10_000,
    patienceMs: 90_000,
    perSecond: Math.max(20, Math.ceil((events / (minutes * 60)) * 1.5)),
    talks: values.short ? 16 : 160,
    pushed: ['till', 'desk', 'stock'],
    pauseMs: values.short ? 1_000 : 20_000,
    settleMs: values.short ? 300_000 : 1_800_000,
  };
}

async function main(): Promise<boolean> {
  const given = playOf();
  const path = values.history ?? join(mkdtempSync(join(tmpdir(), 'throughline-chaos-')), 'history.ndjson');
  process.stdout.write(`seed ${given.seed}; history in ${path}\n`);
  const began = performance.now();
  const history = new History(path);
  const stage = await Stage.open(history);
  // The services are processes of their own: nobody else would end them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.shop.platform.stop('SIGKILL').finally(() => process.exit(130)));
  }
  try {
    const played = await play(stage, given);
    return reported(played, history, performance.now() - began);
  } finally {
    await stage.close();
    history.close();
  }
}

if (values.help) process.stdout.write(usage);
else process.exitCode = (await main()) ? 0 : 1;
