import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Alert, AlertDetail, AlertQuery, AlertResolution, NewAlertComment, uuidv7, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Database, rows, sees, type Identity } from '@throughline/service';
import { AlertList, unknownAlert } from './alert-list.ts';
import type { AlertRow } from './alert-rows.ts';
import { Alerts } from './alerts.ts';

@Controller('api/v1/alerts')
export class AlertsController {
  constructor(
    private readonly list: AlertList,
    private readonly alerts: Alerts,
    private readonly database: Database,
  ) {}

  @Get()
  @Access('alerts:read')
  @Answers(Alert, { list: true })
  all(@Query() query: AlertQuery, @Caller() caller: Identity): Promise<Page<Alert>> {
    return this.list.list(caller, query);
  }

  @Get(':id')
  @Access('alerts:read')
  @Answers(AlertDetail)
  one(@Param('id') id: string, @Caller() caller: Identity): Promise<AlertDetail> {
    return this.list.detail(caller, id);
  }

  @Post(':id/ack')
  @Access('alerts:write')
  @Answers(AlertDetail, { status: 200, description: 'Somebody looks after it; the message says who.' })
  acknowledge(@Param('id') id: string, @Caller() caller: Identity): Promise<AlertDetail> {
    return this.change(id, caller, (alert) =>
      alert.state === 'open' ? { ...alert, state: 'acknowledged', acknowledgedBy: caller.name } : undefined,
    );
  }

  @Post(':id/unack')
  @Access('alerts:write')
  @Answers(AlertDetail, { status: 200 })
  unacknowledge(@Param('id') id: string, @Caller() caller: Identity): Promise<AlertDetail> {
    return this.change(id, caller, (alert) =>
      alert.state === 'acknowledged' ? { ...alert, state: 'open', acknowledgedBy: null } : undefined,
    );
  }

  @Post(':id/resolve')
  @Access('alerts:write')
  @Answers(AlertDetail, { status: 200, description: 'Ends the alert by hand. The decision stands: what blocks, blocks.' })
  resolve(@Param('id') id: string, @Body() body: AlertResolution, @Caller() caller: Identity): Promise<AlertDetail> {
    return this.change(id, caller, (alert) =>
      alert.state === 'resolved'
        ? undefined
        : { ...alert, state: 'resolved', resolvedBy: caller.name, resolution: `Ended by ${caller.name}: ${body.reason}` },
    );
  }

  @Post(':id/comment')
  @Access('alerts:write')
  @Answers(AlertDetail, { status: 201 })
  async comment(@Param('id') id: string, @Body() body: NewAlertComment, @Caller() caller: Identity): Promise<AlertDetail> {
    const { id: alert } = await this.list.detail(caller, id);
    await this.database.transaction((tx) =>
      rows(tx, 'insert into alert_comments (id, alert, by_name, body) values ($1, $2, $3, $4)', [uuidv7(), alert, caller.name, body.text]),
    );
    return this.list.detail(caller, id);
  }

  private async change(id: string, caller: Identity, changed: (alert: AlertRow) => AlertRow | undefined): Promise<AlertDetail> {
    const { id: alert } = await this.list.detail(caller, id);
    await this.database.transaction((tx) =>
      this.alerts.change(tx, alert, (known) => {
        if (!sees(caller, known.application)) throw unknownAlert(id);
        return changed(known);
      }),
    );
    return this.list.detail(caller, id);
  }
}
