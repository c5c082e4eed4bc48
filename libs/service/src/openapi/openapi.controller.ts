import { Controller, Get } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Unsigned } from '../access/access.ts';
import { ServiceConfig } from '../config/service-config.ts';
import { httpHandlers } from '../http/handlers.ts';
import { openApiOf, type OpenApi } from './document.ts';

/** The interface of this service; the gateway builds its routes from it. */
@Controller()
export class OpenApiController {
  private document: OpenApi | undefined;

  constructor(
    private readonly config: ServiceConfig,
    private readonly modules: ModulesContainer,
  ) {}

  @Get('openapi.json')
  @Unsigned('what can be called is no secret, who may call it is decided there')
  describe(): OpenApi {
    this.document ??= openApiOf(this.config.serviceName, httpHandlers(this.modules));
    return this.document;
  }
}
