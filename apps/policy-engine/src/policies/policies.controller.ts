import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { make, PolicyCaseOutcome, PolicyDetail, PolicySummary, PolicyTest, PolicyVersion, type Page } from '@throughline/contracts';
import { Access, Answers, decodeCursor, defaultLimit, pageOf, PageQuery, type ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { Policies } from './policies.ts';
import { detailOf, documents, summaryOf, textOf } from './policy-answers.ts';

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
