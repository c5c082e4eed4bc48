import { Controller, Get } from '@nestjs/common';
import { Unsigned } from '../access/access.ts';
import type { OpenApi } from './document.ts';
import { ServiceInterface } from './service-interface.ts';

/** The interface of this service; the gateway builds its routes from it. */
@Controller()
export class OpenApiController {
  constructor(private readonly described: ServiceInterface) {}

  @Get('openapi.json')
  @Unsigned('what can be called is no secret; who may call it is decided there')
  describe(): OpenApi {
    return this.described.describe();
  }
}
