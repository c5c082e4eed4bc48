import { Module } from '@nestjs/common';
import { OutboundModule } from '@throughline/service';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { ChannelsModule } from '../channels/channels.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { RoutesModule } from '../routes/routes.module.ts';
import { AlertKnowledge } from './alert-knowledge.ts';
import { AlertList } from './alert-list.ts';
import { AlertRetention } from './alert-retention.ts';
import { AlertRows } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import { AlertsController } from './alerts.controller.ts';
import { AlertsHandler } from './alerts.handler.ts';
import { Alerts } from './alerts.ts';
import { Changes } from './changes.ts';
import { DecisionsHandler } from './decisions.handler.ts';
import { DirectPushes } from './direct-pushes.ts';
import { Fixes } from './fixes.ts';
import { ForeignStatusAlerts } from './foreign-status-alerts.ts';
import { ForgottenAlerts } from './forgotten-alerts.ts';
import { GateBypassAlerts } from './gate-bypass-alerts.ts';
import { GateBypasses } from './gate-bypasses.ts';
import { HeldRecordAlerts } from './held-record-alerts.ts';
import { HeldRecordWatch } from './held-record-watch.ts';
import { HostWord } from './host-word.ts';
import { Judgements } from './judgements.ts';
import { UndecidedGrace } from './undecided-grace.ts';

@Module({
  imports: [ChannelsModule, DirectoryModule, RoutesModule, DeliveriesModule, OutboundModule],
  controllers: [AlertsController, AlertsHandler, DecisionsHandler],
  providers: [
    AlertKnowledge,
    AlertList,
    AlertRetention,
    AlertRows,
    Alerts,
    AlertTeller,
    Changes,
    DirectPushes,
    Fixes,
    ForeignStatusAlerts,
    ForgottenAlerts,
    GateBypassAlerts,
    GateBypasses,
    HeldRecordAlerts,
    HeldRecordWatch,
    HostWord,
    Judgements,
    UndecidedGrace,
  ],
  exports: [ForeignStatusAlerts, GateBypasses],
})
export class AlertsModule {}
