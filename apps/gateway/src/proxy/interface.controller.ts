import { Controller, Get, Header } from '@nestjs/common';
import { Public, type OpenApi } from '@throughline/service';
import { docsPage, docsStyle } from './docs-page.ts';
import { Interfaces } from './interfaces.ts';

/** The public interface, for programs and for people. */
@Controller('api')
export class InterfaceController {
  constructor(private readonly interfaces: Interfaces) {}

  @Get('openapi.json')
  @Public('what can be called is no secret')
  describe(): OpenApi {
    return this.interfaces.describe();
  }

  @Get('docs')
  @Public('what can be called is no secret')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return docsPage(this.interfaces.describe());
  }

  @Get('docs.css')
  @Public('a style sheet')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return docsStyle;
  }
}
