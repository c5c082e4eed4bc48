import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { Application, ApplicationDocument, make, nameForm, type Page, type PolicyChange } from '@throughline/contracts';
import {
  Access,
  Answers,
  Caller,
  decodeCursor,
  defaultLimit,
  entityTag,
  pageOf,
  PageQuery,
  Problem,
  type Identity,
} from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { waiting, waits } from '../changes/change-answers.ts';
import type { ApplicationRow } from './application-rows.ts';
import { toleranceFrom } from './application-state.ts';
import { Applications } from './applications.ts';

@Controller('api/v1/applications')
export class ApplicationsController {
  constructor(private readonly applications: Applications) {}

  @Get()
  @Access('applications:read')
  @Answers(Application, { list: true, description: 'Applications by name' })
  async list(@Query() query: PageQuery, @Caller() caller: Identity): Promise<Page<Application>> {
    const limit = query.limit ?? defaultLimit;
    const after = decodeCursor(query.cursor, 1)?.[0] ?? '';
    const { items, next } = pageOf(await this.applications.page(caller, String(after), limit + 1), limit, (row) => [row.name]);
    return { items: items.map(answerOf), next };
  }

  @Get(':name')
  @Access('applications:read')
  @Answers(Application)
  async read(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Application> {
    const row = await this.applications.read(name, caller);
    void reply.header('etag', entityTag(row.version));
    return answerOf(row);
  }

  @Put(':name')
  @Access('applications:write')
  @Answers(Application, {
    description: 'The risk tolerance. Needs If-Match once it is there',
    otherwise: { ...waits, description: 'It tolerates more risk: it waits until a second person approves it' },
  })
  async put(
    @Param('name') name: string,
    @Body() document: ApplicationDocument,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Application | PolicyChange> {
    if (!nameForm.test(name) || name.length > 100 || name === 'unassigned') {
      throw new Problem(400, 'invalid', 'the name of an application is lower-case words joined by hyphens, and not "unassigned"');
    }
    const row = await this.applications.put(name, document, caller, ifMatch);
    if ('weakens' in row) return waiting(row, caller, reply);
    void reply.header('etag', entityTag(row.version));
    return answerOf(row);
  }
}

function answerOf({ name, version, state, updatedAt }: ApplicationRow): Application {
  const tolerance = toleranceFrom(name, state);
  const { repositories, images, owners, stages, tags, deadlines, ...rest } = state;
  return make(Application, {
    ...{ name, version, ...rest, deadlines: { ...deadlines } },
    ...{ repositories: [...repositories], images: [...images], owners: [...owners], stages: [...stages], tags: [...tags] },
    tolerance: tolerance.name,
    requires: [...tolerance.requires],
    blocksFrom: tolerance.blocksFrom,
    deniedLicences: [...tolerance.deniedLicences],
    updatedAt: updatedAt.toISOString(),
  });
}
