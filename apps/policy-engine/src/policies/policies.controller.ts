import { Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { make, PolicyCaseOutcome, PolicyDetail, PolicySummary, PolicyTest, PolicyVersion, type Page } from '@throughline/contracts';
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
  type ServiceRequest,
} from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { Policies } from './policies.ts';
import type { PolicyRow } from './policy-rows.ts';

const documents = { consumes: ['application/yaml', 'application/json'] };

@Controller('api/v1/policies')
export class PoliciesController {
  constructor(private readonly policies: Policies) {}

  @Get()
  @Access('policies:read')
  @Answers(PolicySummary, { list: true, description: 'Policies in force, by name' })
  async list(@Query() query: PageQuery): Promise<Page<PolicySummary>> {
    const limit = query.limit ?? defaultLimit;
    const after = decodeCursor(query.cursor, 1)?.[0] ?? '';
    const { items, next } = pageOf(await this.policies.page(String(after), limit + 1), limit, (row) => [row.name]);
    return { items: items.map((row) => make(PolicySummary, summaryOf(row))), next };
  }

  @Get(':name')
  @Access('policies:read')
  @Answers(PolicyDetail)
  async read(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<PolicyDetail> {
    return detailOf(await this.policies.read(name), reply);
  }

  @Get(':name/versions')
  @Access('policies:read')
  @Answers(PolicyVersion, { list: true, description: 'Versions, the latest first' })
  async versions(@Param('name') name: string, @Query() query: PageQuery): Promise<Page<PolicyVersion>> {
    const limit = query.limit ?? defaultLimit;
    const before = Number(decodeCursor(query.cursor, 1)?.[0] ?? 2 ** 31 - 1);
    const { items, next } = pageOf(await this.policies.history(name, before, limit + 1), limit, (row) => [row.version]);
    const versions = items.map(({ version, digest, by, publishedAt }) =>
      make(PolicyVersion, { version, digest, by, publishedAt: publishedAt.toISOString() }),
    );
    return { items: versions, next };
  }

  @Put(':name')
  @Access('policies:write')
  @Answers(PolicyDetail, { ...documents, description: 'Refused when its own cases fail (422), or when it weakens (403)' })
  async put(
    @Param('name') name: string,
    @Req() request: ServiceRequest,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDetail> {
    return detailOf(await this.policies.put(name, textOf(request), caller, ifMatch), reply);
  }

  @Delete(':name')
  @HttpCode(204)
  @Access('policies:write')
  @Answers(undefined, { status: 204, description: 'Only a policy in audit mode; others take a second person (403)' })
  async remove(@Param('name') name: string, @Caller() caller: Identity, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.policies.remove(name, caller, ifMatch);
  }

  @Post('test')
  @Access('policies:read')
  @Answers(PolicyTest, { ...documents, status: 200, description: 'Runs the cases of a policy without publishing it' })
  async test(@Req() request: ServiceRequest): Promise<PolicyTest> {
    const { policy, cases } = await this.policies.test(textOf(request));
    return make(PolicyTest, {
      passed: cases.every((each) => each.passed),
      name: policy.document.name,
      cases: cases.map((each) => make(PolicyCaseOutcome, { ...each })),
    });
  }
}

function textOf(request: ServiceRequest): string {
  const body = request.rawBody;
  if (!body || body.length === 0) throw new Problem(400, 'bad_request', 'send the policy as the body, YAML or JSON');
  return body.toString('utf8');
}

function summaryOf({ name, version, digest, document, builtIn, by, publishedAt }: PolicyRow): PolicySummary {
  const { description, gates, mode, severity, failMode, controls } = document;
  return {
    ...{ name, version, digest, description, mode, severity, failMode, builtIn, by },
    gates: [...gates],
    controls: [...controls],
    publishedAt: publishedAt.toISOString(),
  };
}

function detailOf(row: PolicyRow, reply: FastifyReply): PolicyDetail {
  void reply.header('etag', entityTag(row.version));
  return make(PolicyDetail, { ...summaryOf(row), source: row.source });
}
