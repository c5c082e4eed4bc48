import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { serviceNames } from '@throughline/contracts';
import { ServiceConfig } from '../config/service-config.ts';
import { readAllowedTargets } from './address-policy.ts';
import { Outbound } from './outbound.ts';

/** For services that call foreign hosts. */
@Module({
  providers: [
    {
      provide: Outbound,
      inject: [ServiceConfig],
      useFactory: (config: ServiceConfig) => new Outbound(readAllowedTargets(config.outboundAllow, portsOf(config))),
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
function portsOf(config: ServiceConfig): readonly string[] {
  const urls = [...serviceNames.map((name) => config.urlOf(name)), config.databaseUrl];
  return [...urls.flatMap((url) => URL.parse(url)?.host ?? []), ...config.kafkaBrokers];
}
