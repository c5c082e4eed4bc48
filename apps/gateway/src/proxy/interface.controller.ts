import { Controller, Get, Header } from '@nestjs/common';
import { Answers, Public, type OpenApi } from '@throughline/service';
import { docsPage, docsStyle } from './docs-page.ts';
import { Interfaces } from './interfaces.ts';

/** The public interface, for programs and for people. */
@Controller('api')
export class InterfaceController {
  constructor(private readonly interfaces: Interfaces) {}

  @Get('openapi.json')
  @Public('what can be called is no secret')
  @Answers(undefined, { description: 'This interface (OpenAPI 3.1)', produces: 'application/json' })
  describe(): OpenApi {
    return this.interfaces.describe();
  }

  @Get('docs')
  @Public('what can be called is no secret')
  @Answers(undefined, { description: 'This interface, to be read', produces: 'text/html' })
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return docsPage(this.interfaces.describe());
  }

  @Get('docs.css')
  @Public('a style sheet')
  @Answers(undefined, { description: 'Style sheet of the page', produces: 'text/css' })
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return docsStyle;
  }
}
