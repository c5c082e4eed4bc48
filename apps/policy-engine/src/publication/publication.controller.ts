import { Controller, Delete, Headers, Param, Put, Req, Res } from '@nestjs/common';
import { PolicyChange, PolicyDetail } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity, type ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { detailOf, documents, textOf } from '../policies/policy-answers.ts';
import { waiting, waits } from '../changes/change-answers.ts';
import { Publication } from './publication.ts';

/** How policies come into force and go. */
@Controller('api/v1/policies')
export class PublicationController {
  constructor(private readonly publication: Publication) {}

  @Put(':name')
  @Access('policies:write')
  @Answers(PolicyDetail, { ...documents, description: 'Refused when its own cases fail (422)', otherwise: waits })
  async put(
    @Param('name') name: string,
    @Req() request: ServiceRequest,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDetail | PolicyChange> {
    const row = await this.publication.put(name, textOf(request), caller, ifMatch);
    return 'document' in row ? detailOf(row, reply) : waiting(row, caller, reply);
  }

  @Delete(':name')
  @Access('policies:write')
  @Answers(undefined, { status: 204, description: 'A policy in audit mode is gone', otherwise: waits })
  async remove(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyChange | undefined> {
    const row = await this.publication.remove(name, caller, ifMatch);
    return row && waiting(row, caller, reply);
  }
}
