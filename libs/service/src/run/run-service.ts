import type { Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@throughline/contracts';
import { inService } from '@throughline/telemetry';
import { refuseUndeclared } from '../access/refuse-undeclared.ts';
import { SignedIdentities } from '../access/signed-identity.ts';
import { InternalClient } from '../calls/internal-client.ts';
import { readConfig, type Environment } from '../config/read-config.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { Database } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import type { ServiceDefinition } from '../definition.ts';
import { FACT_TRANSPORT } from '../facts-transport.ts';
import { answerDirectly } from '../http/direct.ts';
import { httpHandlers } from '../http/handlers.ts';
import { FrameworkLog } from '../log/framework-log.ts';
import { Log } from '../log/log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { measureProcess } from '../metrics/process-metrics.ts';
import { ServiceInterface } from '../openapi/service-interface.ts';
import { Sealer } from '../sealing/sealer.ts';
import { httpServer } from './http-server.ts';
import { PlatformModule, type Platform } from './platform.module.ts';

/** A service that answers. */
export interface RunningService {
  readonly name: ServiceName;
  readonly url: string;
  /** A provider of the service, for tests that look inside. */
  get<T>(type: Type<T> | symbol): T;
  /** Stops accepting, answers what came, stops consuming, closes the pool. */
  close(): Promise<void>;
}

/** Connections that are still open this long after a stop began are cut. */
const drainMs = 10_000;
const idleCheckMs = 50;

/** Starts a service: configuration, schema, modules, facts, and last the port. Whatever fails closes what was opened. */
export function runService<C extends ServiceConfig>(definition: ServiceDefinition<C>, env: Environment): Promise<RunningService> {
  return inService(definition.name, () => start(definition, env), { publicDoor: definition.publicDoor });
}

async function start<C extends ServiceConfig>(definition: ServiceDefinition<C>, env: Environment): Promise<RunningService> {
  const config = readConfig(definition.name, definition.config, env);
  const log = Log.open(config);
  const opened: (() => Promise<void> | void)[] = [() => log.flush()];
  const close = once(async () => {
    for (const end of opened.splice(0).reverse()) await end();
  });
  try {
    const sealer = Sealer.fromFile(config);
    const identities = SignedIdentities.fromFiles(config);
    const applied = await migrate(config, definition.migrations);
    const database = await Database.open(config);
    opened.push(() => database.close());
    const metrics = new Metrics();
    opened.push(measureProcess(metrics));
    const app = await create(definition, { config, log, database, sealer, identities, metrics });
    opened.push(() => stop(app));
    await connectFacts(app);
    await app.listen(config.port, config.host);
    log.info({ url: await app.getUrl(), migrations: applied }, `${definition.name} answers`);
    return { name: definition.name, url: await app.getUrl(), get: (type) => app.get(type, { strict: false }), close };
  } catch (error) {
    log.error({ error }, `${definition.name} did not start`);
    await close().catch(() => undefined);
    throw error;
  }
}

async function create<C extends ServiceConfig>(definition: ServiceDefinition<C>, platform: Platform): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    PlatformModule.around(definition, platform),
    httpServer(platform.config, platform.metrics, definition.bodyLimit),
    { logger: new FrameworkLog(platform.log), bodyParser: false, abortOnError: false },
  );
  refuseUndeclared(httpHandlers(app.get(ModulesContainer)));
  app.get(ServiceInterface, { strict: false }).describe();
  answerDirectly(app);
  return app;
}

/** Facts may arrive from the moment the transport starts, so the modules are initialised before it. */
async function connectFacts(app: NestFastifyApplication): Promise<void> {
  await app.init();
  const strategy = provided<CustomTransportStrategy>(app.get(ModulesContainer), FACT_TRANSPORT);
  if (!strategy) return;
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
}

function provided<T>(modules: ModulesContainer, token: symbol): T | undefined {
  for (const module of modules.values()) {
    const found = module.providers.get(token);
    if (found) return found.instance as T;
  }
  return undefined;
}

async function stop(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  // Node closes what is idle once, when the stop begins: a connection that gets its last answer later would stay until the cut.
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
  try {
    await app.close();
    await app.get(InternalClient, { strict: false }).close();
  } finally {
    clearTimeout(cut);
    clearInterval(idle);
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work());
}
