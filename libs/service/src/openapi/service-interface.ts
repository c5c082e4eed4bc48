import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ServiceConfig } from '../config/service-config.ts';
import { httpHandlers } from '../http/handlers.ts';
import { openApiOf, type OpenApi } from './document.ts';

/** The description of this service's public handlers, made when it is first asked for. */
@Injectable()
export class ServiceInterface {
  private document: OpenApi | undefined;

  constructor(
    private readonly config: ServiceConfig,
    private readonly modules: ModulesContainer,
  ) {}

  describe(): OpenApi {
    this.document ??= openApiOf(this.config.serviceName, httpHandlers(this.modules));
    return this.document;
  }
}
