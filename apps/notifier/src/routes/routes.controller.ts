import { Body, Controller, Get, Headers, Post, Put, Res } from '@nestjs/common';
import { RoutesDocument, RoutesPreview, RoutesPreviewRequest, RoutesShown } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { RoutePreview } from './route-preview.ts';
import { RouteStore } from './route-store.ts';

interface Reply {
  header(name: string, value: string): unknown;
}

@Controller('api/v1/routes')
export class RoutesController {
  constructor(
    private readonly store: RouteStore,
    private readonly previews: RoutePreview,
  ) {}

  @Get()
  @Access('routes:read')
  @Answers(RoutesShown)
  async read(@Res({ passthrough: true }) reply: Reply): Promise<RoutesShown> {
    const routes = await this.store.read();
    reply.header('etag', `"${routes.version}"`);
    return routes;
  }

  @Put()
  @Access('routes:write')
  @Answers(RoutesShown, { description: 'Replaces the version that If-Match names; all versions are kept.' })
  write(
    @Body() document: RoutesDocument,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<RoutesShown> {
    return this.store.write(document, caller.name, ifMatch);
  }

  @Post('preview')
  @Access('routes:read')
  @Answers(RoutesPreview, { status: 200, description: 'Where the alerts of the last days would have gone.' })
  preview(@Body() request: RoutesPreviewRequest, @Caller() caller: Identity): Promise<RoutesPreview> {
    return this.previews.preview(request, caller);
  }
}
