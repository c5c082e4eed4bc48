import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { topics, type ServiceName, type Topic } from '@throughline/contracts';
import { request } from 'undici';
import { eventually } from './eventually.ts';

const holder = fileURLToPath(new URL('../holder/hold.mjs', import.meta.url));
/** The Kafka client, as the launcher uses it there, sets timers that are over already; Node tells each process once. */
const quiet = '--disable-warning=TimeoutNegativeWarning';
const startMs = 240_000;

/** Postgres and Kafka of this run of the tests: real, thrown away at its end. */
export interface Infra {
  /** How they came: `env`, `docker` or `local`. */
  readonly provider: string;
  readonly brokers: readonly string[];
  /** Credentials of the broker's administrator. */
  readonly kafkaAdmin: { readonly username?: string; readonly password?: string };
  /** The superuser's way into the database of the services. */
  readonly databaseUrl: string;
  /** Empty schemas and topics of their own for some services; what other test files left is gone. */
  fresh(services: readonly ServiceName[], o?: { readonly topics?: readonly string[] }): Promise<Platform>;
  killBroker(): Promise<void>;
  restartBroker(): Promise<void>;
  killPostgres(): Promise<void>;
  restartPostgres(): Promise<void>;
}

/** What services need to start, by service: the environment for `runService`. */
export interface Platform {
  readonly prefix: string;
  environment(service: ServiceName): Record<string, string>;
  /** Takes the topics away again. */
  remove(): Promise<void>;
}

interface Holder {
  readonly url: string;
  readonly token: string;
  readonly kind: string;
  readonly brokers: readonly string[];
  readonly kafkaAdmin: Infra['kafkaAdmin'];
  readonly postgres: { readonly host: string; readonly port: number; readonly superuser: string; readonly password: string };
  readonly tookMs: number;
}

/** Starts the infrastructure of this run, or joins it when another test file of the same process has started it. */
export async function infra(): Promise<Infra> {
  const home = process.env['THROUGHLINE_TEST_HOME'] ?? join(tmpdir(), `throughline-tests-${process.pid}`);
  const file = join(home, 'holder.json');
  if (!existsSync(file)) await startHolder(home, file);
  const held = JSON.parse(readFileSync(file, 'utf8')) as Holder;
  const { host, port, superuser, password } = held.postgres;
  return {
    provider: held.kind,
    brokers: held.brokers,
    kafkaAdmin: held.kafkaAdmin,
    databaseUrl: `postgres://${encodeURIComponent(superuser)}:${encodeURIComponent(password)}@${host}:${port}/throughline`,
    fresh: (services, o) => fresh(held, services, o?.topics),
    killBroker: () => order(held, 'kill-broker'),
    restartBroker: () => order(held, 'restart-broker'),
    killPostgres: () => order(held, 'kill-postgres'),
    restartPostgres: () => order(held, 'restart-postgres'),
  };
}

/** The holder ends when this process does: it reads our end of a pipe. */
async function startHolder(home: string, file: string): Promise<void> {
  const child = spawn(process.execPath, [quiet, holder, home], { stdio: ['pipe', 'inherit', 'inherit'] });
  let exit: string | undefined;
  child.once('exit', (code) => (exit = `the infrastructure of the tests ended with ${String(code)}`));
  await eventually(() => {
    if (!existsSync(file) && exit === undefined) throw new Error('the infrastructure of the tests did not come up');
  }, startMs);
  if (exit) throw new Error(exit);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  const { kind, tookMs } = JSON.parse(readFileSync(file, 'utf8')) as Holder;
  process.stderr.write(`infrastructure of the tests: ${kind}, ready after ${(tookMs / 1000).toFixed(1)} s\n`);
}

async function fresh(held: Holder, services: readonly ServiceName[], names?: readonly string[]): Promise<Platform> {
  const wanted: readonly Topic[] = names
    ? topics().filter(({ topic }) => names.some((name) => topic === `throughline.${name}.v1`))
    : topics();
  const made = await order<{ prefix: string; environments: Record<string, Record<string, string>> }>(held, 'fresh', {
    services,
    topics: wanted,
  });
  return {
    prefix: made.prefix,
    environment: (service) => ({
      ...made.environments[service]!,
      PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'warn',
      ASK_REGISTRIES: 'false',
    }),
    remove: () => order(held, 'remove-topics', { prefix: made.prefix }),
  };
}

async function order<T = void>(held: Holder, name: string, body: object = {}): Promise<T> {
  const answer = await request(`${held.url}/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${held.token}` },
    body: JSON.stringify(body),
    headersTimeout: startMs,
  });
  const result = (await answer.body.json()) as T & { message?: string };
  if (answer.statusCode !== 200) throw new Error(`the infrastructure of the tests cannot ${name}: ${result.message ?? answer.statusCode}`);
  return result;
}
