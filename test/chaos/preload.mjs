// Loaded by services under test before anything else. It does two things that cannot be done from outside a process: the clock
// of one service jumps while those of all others go on, and connections to the broker take a way that can be disturbed, although
// the broker tells its clients its own address. It is no part of what is shipped: services do not know it.
import { readFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const { CHAOS_CLOCK: clockFile, CHAOS_WAYS: told = '' } = process.env;
const ways = new Map(
  told
    .split(',')
    .filter(Boolean)
    .map((way) => way.split('=').map(Number)),
);

jumpWith(clockFile);
takeTheWays();

/** Date alone jumps, as the clock of a machine does: timers go by another one, and the database has its own. */
function jumpWith(file) {
  if (!file) return;
  const Honest = globalThis.Date;
  let offset = 0;
  const now = () => Honest.now() + offset;
  const look = () => {
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      offset = 0;
    }
  };
  look();
  setInterval(look, 200).unref();
  globalThis.Date = new Proxy(Honest, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new Honest(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}

function takeTheWays() {
  if (ways.size === 0) return;
  const net = createRequire(import.meta.url)('node:net');
  const { connect } = net;
  net.connect = net.createConnection = (...given) => {
    const [first, ...rest] = given;
    const other = typeof first === 'object' ? ways.get(Number(first.port)) : undefined;
    return other === undefined ? connect(...given) : connect({ ...first, port: other }, ...rest);
  };
  syncBuiltinESMExports();
}
