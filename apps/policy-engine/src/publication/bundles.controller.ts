import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import {
  BundledPolicyAnswer,
  make,
  PolicyBundleDetail,
  PolicyBundleDocument,
  PolicyBundleSummary,
  PolicyChange,
  SigningKey,
  type Page,
} from '@throughline/contracts';
import {
  Access,
  Answers,
  Caller,
  Database,
  decodeCursor,
  defaultLimit,
  entityTag,
  pageOf,
  PageQuery,
  Problem,
  signingKeyOf,
  type Identity,
} from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { BundleKeys } from '../bundles/bundle-keys.ts';
import { waiting, waits } from '../changes/change-answers.ts';
import { BundlePublication } from './bundle-publication.ts';
import { BundleRows, type BundleRow } from '../bundles/bundle-rows.ts';
import { Bundles } from '../bundles/bundles.ts';

/** Everything that was in force together, signed, under numbers that rise. */
@Controller('api/v1/policies')
export class BundlesController {
  constructor(
    private readonly database: Database,
    private readonly table: BundleRows,
    private readonly bundles: Bundles,
    private readonly keys: BundleKeys,
    private readonly publication: BundlePublication,
  ) {}

  @Get('bundles')
  @Access('policies:read')
  @Answers(PolicyBundleSummary, { list: true, description: 'Policy bundles, the latest first: that is the one in force' })
  async list(@Query() query: PageQuery): Promise<Page<PolicyBundleSummary>> {
    const limit = query.limit ?? defaultLimit;
    const before = Number(decodeCursor(query.cursor, 1)?.[0] ?? Number.MAX_SAFE_INTEGER);
    const found = await this.database.transaction((tx) => this.table.page(tx, before, limit + 1));
    const { items, next } = pageOf(found, limit, ({ sequence }) => [sequence]);
    return { items: items.map(summaryOf), next };
  }

  @Get('bundles/:sequence')
  @Access('policies:read')
  @Answers(PolicyBundleDetail, { description: 'A bundle with its signed document, by sequence or as `current`; the ETag is the sequence' })
  async read(@Param('sequence') asked: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<PolicyBundleDetail> {
    const { row, bundle } = await this.database.transaction(async (tx) => {
      const sequence =
        asked === 'current' ? (await this.table.current(tx))?.sequence : /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
      if (sequence === undefined) throw new Problem(404, 'not_found', `there is no policy bundle ${asked.slice(0, 100)}`);
      return this.bundles.open(tx, sequence);
    });
    void reply.header('etag', entityTag(row.sequence));
    const contents = bundle.policies.map(({ name, version, digest }) => make(BundledPolicyAnswer, { name, version, digest }));
    return make(PolicyBundleDetail, { ...summaryOf(row), contents, envelope: JSON.parse(row.envelope) as object });
  }

  @Post('bundles')
  @Access('policies:write')
  @Answers(PolicyBundleSummary, {
    status: 201,
    description: 'Publishes all of it or nothing: refused when any case of any policy fails (422). Needs If-Match',
    otherwise: waits,
  })
  async publish(
    @Body() document: PolicyBundleDocument,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyBundleSummary | PolicyChange> {
    const row = await this.publication.publish(document, caller, ifMatch);
    if ('weakens' in row) return waiting(row, caller, reply);
    void reply.header('etag', entityTag(row.sequence));
    return summaryOf(row);
  }

  @Get('keys')
  @Access('policies:read')
  @Answers(SigningKey, { list: true, description: 'Public keys with which bundles were signed, the one that signs now first' })
  async publicKeys(): Promise<Page<SigningKey>> {
    return { items: (await this.database.transaction((tx) => this.keys.all(tx))).map(signingKeyOf), next: null };
  }

  @Post('keys')
  @Access('policies:write')
  @Answers(SigningKey, {
    status: 201,
    description:
      'Makes a new key, which signs what is in force as the next bundle, and all that follow; what the former ones signed stays good',
  })
  async rotate(@Caller() caller: Identity): Promise<SigningKey> {
    return signingKeyOf(await this.publication.rotate(caller));
  }
}

function summaryOf({ note, publishedAt, sequence, digest, keyId, policies, by }: BundleRow): PolicyBundleSummary {
  const fields = { sequence, digest, keyId, policies, by, publishedAt: publishedAt.toISOString() };
  return make(PolicyBundleSummary, { ...fields, ...(note === null ? {} : { note }) });
}
