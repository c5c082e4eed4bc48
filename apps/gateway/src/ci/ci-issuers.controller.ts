import { Body, Controller, Delete, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { CiIssuer, CiIssuerDocument, nameForm, PageQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, entityTag, Problem, type Right } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { everywhere, type GatewayCaller } from '../access/gateway-caller.ts';
import { CiIssuers, shownIssuer, type CiIssuerRow } from './ci-issuers.ts';

/** Whose tokens CI jobs may come in with. */
@Controller('api/v1/ci-issuers')
export class CiIssuersController {
  constructor(private readonly issuers: CiIssuers) {}

  @Get()
  @Access('ci-issuers:read')
  @Answers(CiIssuer, { list: true, description: 'Issuers of tokens of CI jobs, by name' })
  list(@Query() query: PageQuery, @Caller() caller: GatewayCaller): Promise<Page<CiIssuer>> {
    refuseNarrow(caller, 'ci-issuers:read');
    return this.issuers.page(query);
  }

  @Get(':name')
  @Access('ci-issuers:read')
  @Answers(CiIssuer, { description: 'One issuer; the ETag is its version' })
  async one(
    @Param('name') name: string,
    @Caller() caller: GatewayCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CiIssuer> {
    refuseNarrow(caller, 'ci-issuers:read');
    return answerOf(await this.issuers.one(name), reply);
  }

  @Get(':name/versions')
  @Access('ci-issuers:read')
  @Answers(CiIssuer, { list: true, description: 'What it said, the latest first; to go back, put an earlier one again' })
  versions(@Param('name') name: string, @Query() query: PageQuery, @Caller() caller: GatewayCaller): Promise<Page<CiIssuer>> {
    refuseNarrow(caller, 'ci-issuers:read');
    return this.issuers.versions(name, query);
  }

  @Put(':name')
  @Access('ci-issuers:write')
  @Answers(CiIssuer, { description: 'Makes or replaces an issuer; If-Match is needed for one that exists. Jobs that are in come in anew' })
  async put(
    @Param('name') name: string,
    @Body() document: CiIssuerDocument,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: GatewayCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CiIssuer> {
    refuseNarrow(caller, 'ci-issuers:write');
    if (!nameForm.test(name) || name.length > 100)
      throw new Problem(422, 'invalid', 'the name of an issuer is lower-case words joined by hyphens', [
        { pointer: '/name', detail: name },
      ]);
    return answerOf(await this.issuers.put(name, document, { by: caller.name, ifMatch }), reply);
  }

  @Delete(':name')
  @Access('ci-issuers:write')
  @Answers(undefined, { status: 204, description: 'Its tokens are refused from now on, and jobs that are in are put out; needs If-Match' })
  async remove(
    @Param('name') name: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: GatewayCaller,
  ): Promise<void> {
    refuseNarrow(caller, 'ci-issuers:write');
    await this.issuers.remove(name, { by: caller.name, ifMatch });
  }
}

/** An issuer may let jobs in for any repository: that is for nobody who may only see some. */
function refuseNarrow(caller: GatewayCaller, right: Right): void {
  if (!everywhere(caller, right)) throw new Problem(403, 'out_of_scope', `this needs the right ${right} in the whole organisation`);
}

function answerOf(row: CiIssuerRow, reply: FastifyReply): CiIssuer {
  void reply.header('etag', entityTag(row.version));
  return shownIssuer(row);
}
