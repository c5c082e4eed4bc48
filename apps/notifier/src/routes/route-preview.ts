import { Injectable } from '@nestjs/common';
import type { RoutesPreview, RoutesPreviewRequest } from '@throughline/contracts';
import { Database, rows, visibleTo, type Identity } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import { RouteStore } from './route-store.ts';
import type { RoutedAlert } from './routed-alert.ts';
import { Routes } from './routes.ts';
import { routingOf, type Routed } from './routing.ts';

const mostAlerts = 5_000;
const mostShown = 50;

/** What routes would have done with the alerts of the last days, before anybody relies on them. */
@Injectable()
export class RoutePreview {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
    private readonly store: RouteStore,
    private readonly channels: Channels,
  ) {}

  async preview(request: RoutesPreviewRequest, caller: Identity): Promise<RoutesPreview> {
    if (request.document) await this.store.refuseFaults(request.document);
    return this.database.transaction(async (tx) => {
      const document = request.document ?? (await this.routes.latest(tx)).document;
      const available = (await this.channels.forAlerts(tx)).map(({ name }) => name);
      const routing = routingOf(document);
      const params: unknown[] = [request.days ?? 30];
      const kept = await rows<{ routed: string }>(
        tx,
        `select routed from alerts where since > clock_timestamp() - make_interval(days => $1) and ${visibleTo(caller, params)}
         order by since desc limit ${mostAlerts}`,
        params,
      );
      return summaryOf(
        kept.map(({ routed }) => {
          const alert = JSON.parse(routed) as RoutedAlert;
          return { alert, routed: routing(alert, available) };
        }),
      );
    });
  }
}

function summaryOf(all: readonly { readonly alert: RoutedAlert; readonly routed: Routed }[]): RoutesPreview {
  const counts = new Map<string, number>();
  for (const { routed } of all) for (const channel of routed.channels) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  return {
    alerts: all.length,
    lastResort: all.filter(({ routed }) => routed.routes.length === 0).length,
    channels: [...counts].map(([channel, alerts]) => ({ channel, alerts })),
    items: all.slice(0, mostShown).map(({ alert, routed }) => ({
      alert: alert.id,
      title: alert.title,
      routes: [...routed.routes],
      channels: [...routed.channels],
    })),
  };
}
