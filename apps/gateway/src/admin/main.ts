/**
 * Gives somebody a way in, on the machine: `node admin/main.js create <name> [--email <address>]`, `… token <name>`. Needs the
 * gateway's variables and its database, and no token. Answers one line of JSON.
 */
import { parseArgs } from 'node:util';
import { Outbox, Wakeups } from '@throughline/messaging';
import { Database, Log, Problem, processEnvironment, readConfig } from '@throughline/service';
import { AdministratorsKept } from '../access/administrators-kept.ts';
import { Clock } from '../access/clock.ts';
import { FirstToken } from '../access/first-token.ts';
import { People } from '../access/people.ts';
import { RoleBindings } from '../access/role-bindings.ts';
import { TokenLines } from '../access/token-lines.ts';
import { Tokens } from '../access/tokens.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { GatewayConfig } from '../config.ts';
import { Administrators, type GivenToken } from './administrators.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { email: { type: 'string' } } });

try {
  process.stdout.write(`${JSON.stringify(await run())}\n`);
} catch (error) {
  process.stderr.write(`${said(error)}\n`);
  process.exitCode = error instanceof Problem ? 2 : 1;
}

async function run(): Promise<GivenToken> {
  const [verb, name] = positionals;
  if (!name || (verb !== 'create' && verb !== 'token') || positionals.length > 2)
    throw new Problem(400, 'usage', 'create <name>, or token <name>');
  const config = readConfig('gateway', GatewayConfig, processEnvironment());
  const database = await Database.open(config);
  try {
    const administrators = assembled(database, config);
    return await (verb === 'create' ? administrators.create(name, values.email) : administrators.token(name));
  } finally {
    await database.close();
  }
}

function assembled(database: Database, config: GatewayConfig): Administrators {
  const bindings = new RoleBindings(database);
  const log = Log.open(config);
  const first = new FirstToken(database, config, log);
  const lines = new TokenLines(database, bindings, new Clock());
  return new Administrators(
    new AdministratorsKept(database, first, lines),
    new People(database, bindings),
    new Tokens(database, lines, first),
    new AuditLog(database, new Outbox(config, new Wakeups(config, log))),
  );
}

function said(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  if (code === '42P01' || code === '3F000') return 'The gateway has never run on this database: run `npm start` once.';
  if (code === 'ECONNREFUSED' || code === '57P03')
    return 'The database does not answer: start the platform with `npm start`, and repeat this beside it.';
  return message;
}
