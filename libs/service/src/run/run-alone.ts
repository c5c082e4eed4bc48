import { droppedSpans, flushTelemetry } from '@throughline/telemetry';
import { processEnvironment } from '../config/config.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import type { ServiceDefinition } from '../definition.ts';
import { Log } from '../log/log.ts';
import { runService } from './run-service.ts';

/** A stop that takes longer is given up. */
const stopMs = 25_000;

/** Runs a service as a process of its own: environment in, SIGTERM or SIGINT out. */
export async function runAlone<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<void> {
  const service = await runService(definition, processEnvironment()).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    return undefined;
  });
  if (!service) {
    process.exitCode = 1;
    await flushTelemetry();
    return;
  }
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  const log = service.get(Log);
  log.info({ signal }, `${definition.name} stops`);
  setTimeout(() => process.exit(1), stopMs).unref();
  await service.close();
  await flushTelemetry();
  log.info({ droppedSpans: droppedSpans() }, `${definition.name} has stopped`);
  log.flush();
  process.exit(0);
}
