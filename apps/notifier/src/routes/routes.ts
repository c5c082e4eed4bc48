import { Injectable } from '@nestjs/common';
import type { RoutesDocument } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import type { ConfiguredChannel } from '../channels/configured-channel.ts';
import type { RoutedAlert } from './routed-alert.ts';
import { firstRoutes, routingOf, type Routing } from './routing.ts';

/** A version of the routes; version 0 is what applies before anybody wrote one. */
export interface RoutesVersion {
  readonly version: number;
  readonly document: RoutesDocument;
  readonly by?: string;
  readonly at?: Date;
}

/** The routes that apply, and the channels they name. */
@Injectable()
export class Routes {
  private compiled: { readonly version: number; readonly routing: Routing } = { version: 0, routing: routingOf(firstRoutes) };

  constructor(private readonly channels: Channels) {}

  /** The channels that an alert goes to now, never none, and those that were told of it before and must hear how it goes on. */
  async channelsFor(tx: Tx, alert: RoutedAlert, told: readonly string[]): Promise<readonly ConfiguredChannel[]> {
    const [available, routing] = await Promise.all([this.channels.forAlerts(tx), this.present(tx)]);
    const chosen = routing(
      alert,
      available.map(({ name }) => name),
    );
    return available.filter(({ name }) => chosen.channels.includes(name) || told.includes(name));
  }

  async latest(tx: Tx): Promise<RoutesVersion> {
    const [row] = await rows<{ version: number; document: string; by: string; at: Date }>(
      tx,
      'select version, document, by_name as by, at from routings order by version desc limit 1',
    );
    return row ? { ...row, document: JSON.parse(row.document) as RoutesDocument } : { version: 0, document: firstRoutes };
  }

  private async present(tx: Tx): Promise<Routing> {
    const { version, document } = await this.latest(tx);
    if (version !== this.compiled.version) this.compiled = { version, routing: routingOf(document) };
    return this.compiled.routing;
  }
}
