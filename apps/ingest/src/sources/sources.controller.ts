import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  CreatedSource,
  CreatedSourceSecret,
  NewSource,
  NewSourceSecret,
  PageQuery,
  Source,
  SourceChange,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { Sources } from './sources.ts';

@Controller('api/v1/sources')
export class SourcesController {
  constructor(private readonly sources: Sources) {}

  @Post()
  @Access('sources:write')
  @Answers(CreatedSource, { status: 201, secrets: ['secret'], description: 'The secret is shown once.' })
  create(@Body() body: NewSource, @Caller() caller: Identity): Promise<CreatedSource> {
    return this.sources.create(body, caller);
  }

  @Get()
  @Access('sources:read')
  @Answers(Source, { list: true })
  list(@Query() query: PageQuery, @Caller() caller: Identity): Promise<Page<Source>> {
    return this.sources.list(query, caller);
  }

  @Get(':id')
  @Access('sources:read')
  @Answers(Source)
  read(@Param('id') id: string, @Caller() caller: Identity): Promise<Source> {
    return this.sources.read(id, caller);
  }

  @Patch(':id')
  @Access('sources:write')
  @Answers(Source, { description: 'A stored token ends when an address gets another origin.' })
  change(@Param('id') id: string, @Body() body: SourceChange, @Caller() caller: Identity): Promise<Source> {
    return this.sources.change(id, body, caller);
  }

  @Post(':id/secrets')
  @Access('sources:write')
  @Answers(CreatedSourceSecret, { status: 201, secrets: ['secret'], description: 'The newest two secrets are valid.' })
  rotate(@Param('id') id: string, @Body() body: NewSourceSecret, @Caller() caller: Identity): Promise<CreatedSourceSecret> {
    return this.sources.rotate(id, body.secret, caller);
  }
}
