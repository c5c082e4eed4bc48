import { Injectable } from '@nestjs/common';
import type { RoutesDocument, RoutesShown } from '@throughline/contracts';
import { Database, Problem, rows, type Fault } from '@throughline/service';
import { ChannelStore } from '../channels/channel-store.ts';
import { builtInKinds } from '../channels/registry.ts';
import { compileRoute } from './expression.ts';
import { Routes, type RoutesVersion } from './routes.ts';

/** The routes as people write them, every version kept. */
@Injectable()
export class RouteStore {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly channels: ChannelStore,
  ) {}

  async read(): Promise<RoutesShown> {
    return shown(await this.database.transaction((tx) => this.routes.latest(tx)));
  }

  /** Throws 422 for a route that cannot apply or names a channel that is not there, 412 and 428 for a stale writer. */
  async write(document: RoutesDocument, by: string, ifMatch: string | undefined): Promise<RoutesShown> {
    await this.refuseFaults(document);
    if (ifMatch === undefined) throw new Problem(428, 'if_match_missing', 'send If-Match with the version of the routes that you read');
    return this.database.transaction(async (tx) => {
      await rows(tx, "select pg_advisory_xact_lock(hashtextextended('routes', 0))");
      const { version } = await this.routes.latest(tx);
      if (ifMatch.replace(/^W\/|"/g, '') !== String(version)) {
        throw new Problem(412, 'changed_meanwhile', `the routes are at version ${version} now: read them again`);
      }
      await rows(tx, 'insert into routings (version, document, by_name) values ($1, $2, $3)', [version + 1, JSON.stringify(document), by]);
      return shown(await this.routes.latest(tx));
    });
  }

  /** Throws 422 naming each fault. */
  async refuseFaults(document: RoutesDocument): Promise<void> {
    const names = new Set(['*', ...builtInKinds, ...(await this.channels.list()).map(({ name }) => name)]);
    const unknown = (channels: readonly string[], pointer: string): Fault[] =>
      channels.filter((name) => !names.has(name)).map((name) => ({ pointer, detail: `there is no channel ${JSON.stringify(name)}` }));
    const faults = [
      ...document.routes.flatMap((route, index) => [
        ...expressionFaults(route.when, `/routes/${index}/when`),
        ...unknown(route.channels, `/routes/${index}/channels`),
      ]),
      ...unknown(document.lastResort, '/lastResort'),
    ];
    if (faults.length > 0) throw new Problem(422, 'invalid_routes', faults[0]!.detail, faults);
  }
}

function expressionFaults(source: string, pointer: string): readonly Fault[] {
  try {
    compileRoute(source);
    return [];
  } catch (error) {
    return [{ pointer, detail: (error as Error).message }];
  }
}

function shown({ version, document, by, at }: RoutesVersion): RoutesShown {
  return { ...document, version, ...(by !== undefined && { updatedBy: by }), ...(at && { updatedAt: at.toISOString() }) };
}
