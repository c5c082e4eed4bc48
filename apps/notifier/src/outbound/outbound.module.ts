import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NotifierConfig } from '../config.ts';
import { readAllowedTargets } from './address-policy.ts';
import { Outbound } from './outbound.ts';

@Module({
  providers: [
    {
      provide: Outbound,
      inject: [NotifierConfig],
      useFactory: (config: NotifierConfig) => new Outbound(readAllowedTargets(config.outboundAllow)),
    },
  ],
  exports: [Outbound],
})
export class OutboundModule implements OnApplicationShutdown {
  constructor(@Inject(Outbound) private readonly outbound: Outbound) {}

  async onApplicationShutdown(): Promise<void> {
    await this.outbound.close();
  }
}
