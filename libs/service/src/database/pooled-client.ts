import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import { endUnanswered } from '../outbound/unanswered.ts';

/** Statements that a connection keeps; what comes after them is read and planned each time. */
const mostKept = 400;
const mostNames = 5_000;
const names = new Map<string, string>();

/** The server gives a statement up before we give up the connection. */
export const statementMs = 30_000;
const unansweredMs = statementMs + 10_000;

/** Put before a statement whose best plan depends on its values: it is planned each time. */
export const plannedAnew = '/* planned anew */';

/**
 * A connection of the pool. Statements with parameters are prepared once per connection, since reading and planning them costs
 * Postgres more than running them. Between the pool and whoever takes a connection nobody listens for its end, and Node would
 * end the process with it.
 */
export class PooledClient extends pg.Client {
  private readonly kept = new Set<string>();
  /** Part of all names: another number forgets what was prepared. */
  private generation = 0;

  constructor(options: pg.ClientConfig) {
    super(options);
    this.on('error', () => undefined);
    // A statement whose answer is lost would be waited for without end, and its connection would be lost to the pool.
    this.once('connect', () => endUnanswered(this.connection.stream as Socket, unansweredMs, 'the database'));
    const send = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((text: unknown, values: unknown, ...more: unknown[]) => {
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? this.nameOf(text) : undefined;
      return name === undefined ? send(text, values, ...more) : this.watched(send({ name, text, values }, ...more));
    }) as pg.Client['query'];
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

function hashed(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 32);
  names.set(text, name);
  return name;
}
