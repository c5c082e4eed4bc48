import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Redirect, Res } from '@nestjs/common';
import { BegunSourceApp, MadeSourceAppQuery, NewSourceApp } from '@throughline/contracts';
import { Access, Answers, Caller, Public, type Identity } from '@throughline/service';
import { appPage, appPageSecurity } from './app-page.ts';
import { SourceApps } from './source-apps.ts';

/** What sets a header on an answer. */
interface Reply {
  header(name: string, value: string): unknown;
}

@Controller('api/v1')
export class SourceAppsController {
  constructor(private readonly apps: SourceApps) {}

  @Post('sources/:id/app')
  @Access('sources:write')
  @Answers(BegunSourceApp, {
    status: 201,
    secrets: ['page', 'creationUrl'],
    description: 'To be gone on with in a browser, within an hour.',
  })
  begin(@Param('id') id: string, @Body() body: NewSourceApp, @Caller() caller: Identity): Promise<BegunSourceApp> {
    return this.apps.begin(id, body, caller);
  }

  @Delete('sources/:id/app')
  @Access('sources:write')
  @HttpCode(204)
  @Answers(undefined, { description: 'Its key is forgotten; a stored token counts again.' })
  forget(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
    return this.apps.forget(id, caller);
  }

  @Get('source-apps/pages/:state')
  @Public('who began it was told an address that nobody can guess, for an hour')
  @Answers(undefined, { description: 'The page that sends the manifest', produces: 'text/html' })
  @Header('content-type', 'text/html; charset=utf-8')
  async page(@Param('state') state: string, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    const { creation_url: creationUrl, manifest } = await this.apps.begun(state);
    reply.header('content-security-policy', appPageSecurity(creationUrl));
    return appPage(creationUrl, manifest);
  }

  @Get('source-apps/made')
  @Public('the host leads back with a state that was made for it, and that works once')
  @Answers(undefined, { status: 303, description: 'Leads on to where the App is installed' })
  @Redirect()
  async made(@Query() { state, code }: MadeSourceAppQuery): Promise<{ url: string; statusCode: number }> {
    return { url: await this.apps.made(state, code), statusCode: 303 };
  }
}
