import { Controller, Get, Header } from '@nestjs/common';
import { Unsigned } from '../access/access.ts';
import { Metrics } from './metrics.ts';

/** For whoever collects measurements. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Unsigned('collectors have no identity; labels name neither teams nor repositories')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.metrics.text();
  }
}
