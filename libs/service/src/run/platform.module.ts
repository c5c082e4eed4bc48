import { Global, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessGuard } from '../access/access-guard.ts';
import { Admission, AUTHENTICATOR } from '../access/admission.ts';
import { SignedAuthenticator } from '../access/signed-authenticator.ts';
import { SignedIdentities } from '../access/signed-identity.ts';
import { InternalClient } from '../calls/internal-client.ts';
import { ServiceConfig } from '../config/service-config.ts';
import { Database } from '../database/database.ts';
import type { ServiceDefinition } from '../definition.ts';
import { HealthController } from '../health/health.controller.ts';
import { Readiness } from '../health/readiness.ts';
import { BodyGuard } from '../http/body-guard.ts';
import { ProblemFilter } from '../http/problem-filter.ts';
import { validationPipe } from '../http/validation.ts';
import { Log } from '../log/log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';
import { OpenApiController } from '../openapi/openapi.controller.ts';
import { ServiceInterface } from '../openapi/service-interface.ts';
import { Sealer } from '../sealing/sealer.ts';

/** What is opened before the modules of a service are made, and closed after them. */
export interface Platform {
  readonly config: ServiceConfig;
  readonly log: Log;
  readonly database: Database;
  readonly sealer: Sealer;
  readonly identities: SignedIdentities;
  readonly metrics: Metrics;
}

const guards: Provider[] = [
  // In this order: a body is parsed only for somebody who may send it.
  { provide: APP_GUARD, useClass: AccessGuard },
  { provide: APP_GUARD, useClass: BodyGuard },
  { provide: APP_FILTER, useClass: ProblemFilter },
  { provide: APP_PIPE, useFactory: validationPipe },
];

/** What every service finds injected: configuration, database, log, sealer, signed calls; and its door to the outside. */
@Global()
@Module({})
export class PlatformModule {
  static around<C extends ServiceConfig>(definition: ServiceDefinition<C>, platform: Platform): DynamicModule {
    const shared: Provider[] = [
      { provide: ServiceConfig, useValue: platform.config },
      { provide: definition.config as Type, useValue: platform.config },
      { provide: Log, useValue: platform.log },
      { provide: Database, useValue: platform.database },
      { provide: Sealer, useValue: platform.sealer },
      { provide: SignedIdentities, useValue: platform.identities },
      { provide: Metrics, useValue: platform.metrics },
      { provide: AUTHENTICATOR, useValue: definition.authenticator ?? SignedAuthenticator },
      InternalClient,
      ServiceInterface,
      Readiness,
    ];
    return {
      module: PlatformModule,
      imports: [definition.module],
      controllers: [HealthController, MetricsController, OpenApiController],
      providers: [...shared, ...guards, Admission, SignedAuthenticator],
      exports: shared,
    };
  }
}
