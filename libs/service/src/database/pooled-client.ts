import { createHash } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import pg from 'pg';
import { endUnanswered } from '../outbound/unanswered.ts';

/** Statements that a connection keeps; what comes after them is read and planned each time. */
const mostKept = 400;
const mostNames = 5_000;
const names = new Map<string, string>();

/** Tells who runs us which process of Postgres serves a new connection of this thread. */
const backends = channel('throughline:database-backend');

type Send = (...args: unknown[]) => unknown;

/** The server gives a statement up before we give up the connection. */
export const statementMs = 30_000;
const unansweredMs = statementMs + 10_000;

/** Put before a statement whose best plan depends on its values: it is planned each time. */
export const plannedAnew = '/* planned anew */';
/** Put before the last statement of a transaction: its commit goes with it. */
export const thenCommit = '/* then commit */';

const begin = 'START TRANSACTION';
const commit = 'COMMIT';
const rollback = 'ROLLBACK';

/**
 * A connection of the pool. Statements with parameters are prepared once per connection, since reading and planning them costs
 * Postgres more than running them. What is said in one turn leaves in one packet, and the beginning of a transaction with its first
 * statement: sending and waiting costs more than most statements do. Between the pool and whoever takes a connection nobody
 * listens for its end, and Node would end the process with it.
 */
export class PooledClient extends pg.Client {
  private readonly kept = new Set<string>();
  /** Part of all names: another number forgets what was prepared. */
  private generation = 0;
  private gathering = false;
  /** What was sent and is not answered yet. */
  private unanswered = 0;
  /** A transaction was begun, and nobody has told Postgres. */
  private opening = false;
  /** The commit that went with the last statement. */
  private closing: Promise<unknown> | undefined;

  /** @param options `answerMs`: a connection ends on which nothing was heard for so long while an answer was due */
  constructor({ answerMs = unansweredMs, ...options }: pg.ClientConfig & { readonly answerMs?: number }) {
    super({ ...options, pipeline: true });
    this.on('error', () => undefined);
    // A statement whose answer is lost would be waited for without end, and its connection would be lost to the pool.
    this.once('connect', () => {
      endUnanswered(this.connection.stream as Socket, answerMs, 'the database', () => this.unanswered > 0);
      backends.publish((this as { readonly processID?: number }).processID);
    });
    const send = this.counting(this.query.bind(this));
    this.query = ((text: unknown, values: unknown, ...more: unknown[]) => {
      const said = typeof text === 'string' ? this.ofTransaction(send, text) : undefined;
      if (said) return said;
      this.gather();
      return this.opened(send, () => this.stated(send, text, values, ...more));
    }) as pg.Client['query'];
  }

  private counting(send: Send): Send {
    const answered = (): void => void (this.unanswered -= 1);
    return (...args) => {
      const answer = send(...args);
      if (answer instanceof Promise) {
        this.unanswered += 1;
        answer.then(answered, answered);
      }
      return answer;
    };
  }

  /** What needs no word to Postgres, or not yet; undefined for every other statement. */
  private ofTransaction(send: Send, text: string): Promise<unknown> | undefined {
    if (text === begin) this.opening = true;
    else if (this.closing) return this.closed(text);
    else if (this.opening && (text === commit || text === rollback)) this.opening = false;
    else return undefined;
    return Promise.resolve(nothing(text));
  }

  /** After its commit there is only to hear what became of it. */
  private closed(text: string): Promise<unknown> {
    if (text !== commit && text !== rollback) return Promise.reject(new Error('the last statement of this transaction has been sent'));
    const answer = this.closing!;
    this.closing = undefined;
    return answer;
  }

  private opened(send: Send, statement: () => unknown): unknown {
    if (!this.opening) return statement();
    this.opening = false;
    const begun = (send(begin) as Promise<unknown>).catch((error: unknown) => {
      // What comes after it would be kept whatever becomes of the rest.
      (this.connection.stream as Socket).destroy();
      throw error;
    });
    const answer = statement();
    return answer instanceof Promise ? Promise.all([answer, begun]).then(([first]: [unknown, unknown]) => first) : answer;
  }

  private stated(send: Send, text: unknown, values: unknown, ...more: unknown[]): unknown {
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? this.nameOf(text) : undefined;
    const answer = name === undefined ? send(text, values, ...more) : this.watched(send({ name, text, values }, ...more));
    if (typeof text !== 'string' || !text.startsWith(thenCommit)) return answer;
    this.closing = send(commit) as Promise<unknown>;
    this.closing.catch(() => undefined);
    return answer;
  }

  /** Holds back what is said in this turn until it is over. */
  private gather(): void {
    if (this.gathering) return;
    const { stream } = this.connection;
    this.gathering = true;
    stream.cork();
    process.nextTick(() => {
      this.gathering = false;
      stream.uncork();
    });
  }

  private nameOf(text: string): string | undefined {
    if (text.startsWith(plannedAnew)) return undefined;
    const name = hashed(text);
    if (name === undefined || (this.kept.size >= mostKept && !this.kept.has(name))) return undefined;
    this.kept.add(name);
    return `${this.generation} ${name}`;
  }

  /** A table that was changed under a running service may give its rows another shape: the next time counts from the beginning. */
  private watched(answer: unknown): unknown {
    if (answer instanceof Promise)
      answer.catch((error: unknown) => {
        if ((error as { routine?: unknown }).routine !== 'RevalidateCachedQuery') return;
        this.generation += 1;
        this.kept.clear();
      });
    return answer;
  }
}

/** As Postgres answers what gives no rows. */
function nothing(command: string): { readonly command: string; readonly rows: readonly []; readonly rowCount: null } {
  return { command, rows: [], rowCount: null };
}

function hashed(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 32);
  names.set(text, name);
  return name;
}
