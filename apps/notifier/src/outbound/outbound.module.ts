import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { serviceNames } from '@throughline/contracts';
import { NotifierConfig } from '../config.ts';
import { readAllowedTargets } from './address-policy.ts';
import { Outbound } from './outbound.ts';

@Module({
  providers: [
    {
      provide: Outbound,
      inject: [NotifierConfig],
      useFactory: (config: NotifierConfig) => new Outbound(readAllowedTargets(config.outboundAllow, portsOf(config))),
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

/** `host:port` of everything that belongs to the platform. */
function portsOf(config: NotifierConfig): readonly string[] {
  const urls = [...serviceNames.map((name) => config.urlOf(name)), config.databaseUrl];
  return [...urls.flatMap((url) => URL.parse(url)?.host ?? []), ...config.kafkaBrokers];
}
