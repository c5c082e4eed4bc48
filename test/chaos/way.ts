import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What lies between a service and a server. `slow`: each piece takes a while. `silent`: nothing passes, and later all of it
 * does. `deaf`: what the service says arrives, what it is answered does not, and never will on that connection.
 * `lost`: neither passes, and never will. Of the last two nobody is told: no connection is closed.
 */
export type Weather = 'clear' | 'slow' | 'silent' | 'deaf' | 'lost';

const slowMs = 300;

/** Statements that a service says one after the other on one connection. */
export interface Point {
  readonly statements: readonly RegExp[];
  /** Whether the last of them still reaches the server; its answer never reaches the service. */
  readonly stop: 'before' | 'after';
}

interface Trap extends Point {
  readonly sprung: () => void;
}

/** One connection of the service, and the one to the server that stands for it. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The trap that it is going into, and how many of its statements were seen. */
  trap?: Trap;
  seen: number;
  /** Texts of statements that the service prepared on it, by name. */
  readonly prepared: Map<string, string>;
  /** What no longer passes, in either direction. */
  readonly gone: { asked: boolean; answered: boolean };
  /** Told when the answer to the last statement of a trap has come. */
  answered?: () => void;
}

/**
 * A way from a service to a server that can be slow, silent, cut or worse, and that stands still at a statement. It reads what
 * goes by: points at which a process is to die need no code in the services, and lie where the protocol puts them.
 */
export class Way {
  private now: Weather = 'clear';
  private readonly pairs = new Set<Pair>();
  private trap: Trap | undefined;

  private constructor(
    private readonly listener: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  /** @param target `host:port` */
  static async open(target: string): Promise<Way> {
    const { hostname, port } = new URL(`tcp://${target}`);
    const listener = createServer();
    await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
    return new Way(listener, { host: hostname, port: Number(port) });
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Changes what lies between from now on. */
  turn(weather: Weather): void {
    this.now = weather;
  }

  /** Every connection ends without a farewell. */
  cut(): void {
    for (const { client, server } of this.pairs) for (const socket of [client, server]) socket.resetAndDestroy();
  }

  /** Resolves when a connection has come to the point; it stands still there until the service ends. */
  caught(point: Point): Promise<void> {
    return new Promise((sprung) => (this.trap = { ...point, sprung }));
  }

  /** Nothing is to be caught any more. */
  disarm(): void {
    this.trap = undefined;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.listener.close(done));
    this.cut();
    await closed;
  }

  private join(client: Socket): void {
    const pair: Pair = { client, server: connect(this.target), seen: 0, prepared: new Map(), gone: { asked: false, answered: false } };
    this.pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.pairs.delete(pair);
        pair.server.destroy();
        // Who hears nothing does not hear either that the other side has gone.
        if (!pair.gone.answered) pair.client.destroy();
      });
    }
    this.pass(pair, 'asked');
    this.pass(pair, 'answered');
  }

  /** In order, each piece when the weather lets it. */
  private pass(pair: Pair, direction: 'asked' | 'answered'): void {
    const [from, to] = direction === 'asked' ? [pair.client, pair.server] : [pair.server, pair.client];
    let last: Promise<void> = Promise.resolve();
    from.on('data', (piece) => {
      from.pause();
      last = last
        .then(() => this.weathered(from))
        .then(() => {
          this.deliver(pair, direction, to, piece);
          from.resume();
        });
    });
  }

  private async weathered(from: Socket): Promise<void> {
    if (this.now === 'slow') await sleep(slowMs);
    while (this.now === 'silent' && !from.destroyed) await sleep(20);
  }

  private deliver(pair: Pair, direction: 'asked' | 'answered', to: Socket, piece: Buffer): void {
    if (this.now === 'lost') pair.gone.asked = true;
    if (this.now === 'lost' || this.now === 'deaf') pair.gone.answered = true;
    if (direction === 'answered') pair.answered?.();
    if (pair.gone[direction]) return;
    const sprung = direction === 'asked' ? this.sprungBy(pair, saidIn(pair, piece)) : undefined;
    if (sprung?.stop !== 'before' && !to.destroyed) to.write(piece);
    if (sprung) this.standStill(pair, sprung);
  }

  private standStill(pair: Pair, { stop, sprung }: Trap): void {
    Object.assign(pair.gone, { asked: true, answered: true });
    if (stop === 'before') sprung();
    else pair.answered = sprung;
  }

  /** The trap, when this piece is the last of its statements. */
  private sprungBy(pair: Pair, text: string): Trap | undefined {
    const { trap } = this;
    if (!trap) return undefined;
    if (pair.trap !== trap) Object.assign(pair, { trap, seen: 0 });
    if (trap.statements[pair.seen]?.test(text)) pair.seen += 1;
    if (pair.seen < trap.statements.length) return undefined;
    this.trap = undefined;
    return trap;
  }
}

/** In a Parse message of Postgres the name is followed by the text, in a Bind message by a number whose first byte is zero. */
const named = /(\d+ [\w-]{32})\0([^\0]*)/g;

/** What a piece says, with the text of what it calls by name. */
function saidIn({ prepared }: Pair, piece: Buffer): string {
  const text = piece.toString('latin1');
  const called: string[] = [];
  for (const [, name, statement] of text.matchAll(named)) {
    if (statement !== '') prepared.set(name!, statement!);
    called.push(prepared.get(name!) ?? '');
  }
  return [text, ...called].join('\n');
}
