import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { serviceNames } from '@throughline/contracts';
import { ServiceConfig } from '../config/service-config.ts';
import { readAllowedTargets } from './address-policy.ts';
import { EgressProxy } from './egress-proxy.ts';
import { Outbound } from './outbound.ts';

/** For services that call foreign hosts: the door, and the proxy for programs that dial by themselves. */
@Module({
  providers: [
    {
      provide: Outbound,
      inject: [ServiceConfig],
      useFactory: (config: ServiceConfig) => new Outbound(readAllowedTargets(config.outboundAllow, portsOf(config))),
    },
    { provide: EgressProxy, inject: [Outbound], useFactory: (door: Outbound) => new EgressProxy(door) },
  ],
  exports: [Outbound, EgressProxy],
})
export class OutboundModule implements OnApplicationShutdown {
  constructor(
    @Inject(Outbound) private readonly outbound: Outbound,
    @Inject(EgressProxy) private readonly proxy: EgressProxy,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.proxy.close();
    await this.outbound.close();
  }
}

/** `host:port` of everything that belongs to the platform. */
function portsOf(config: ServiceConfig): readonly string[] {
  const urls = [...serviceNames.map((name) => config.urlOf(name)), config.databaseUrl];
  return [...urls.flatMap((url) => URL.parse(url)?.host ?? []), ...config.kafkaBrokers];
}
