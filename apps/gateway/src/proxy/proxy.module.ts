import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.ts';
import { IdempotencyModule } from './idempotency.module.ts';
import { InterfaceController } from './interface.controller.ts';
import { Interfaces } from './interfaces.ts';
import { Proxy } from './proxy.ts';
import { ProxyRoutes } from './proxy-routes.ts';
import { ServicesReady } from './services-ready.ts';
import { Upstreams } from './upstreams.ts';

/** From a public path to the service that answers it. */
@Module({
  imports: [AccessModule, IdempotencyModule],
  controllers: [InterfaceController],
  exports: [Interfaces, Upstreams],
  providers: [Interfaces, ServicesReady, Upstreams, Proxy, ProxyRoutes],
})
export class ProxyModule {}
