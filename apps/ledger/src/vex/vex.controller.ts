import { Body, Controller, Delete, Get, Param, Post, Put, Query, RawBody } from '@nestjs/common';
import {
  FindingVex,
  SigningKey,
  VexAnswer,
  VexAuthor,
  VexImportAnswer,
  VexQuery,
  VexTrust,
  VexTrustApproval,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, Database, Problem, signingKeyOf, type Identity } from '@throughline/service';
import { uuid } from '../uuid.ts';
import { FindingVexes } from './finding-vex.ts';
import { VexAuthors } from './vex-authors.ts';
import { VexDocuments } from './vex-documents.ts';
import { VexKeys } from './vex-keys.ts';
import { everywhere } from './vex-scope.ts';

@Controller('api/v1')
export class VexController {
  constructor(
    private readonly documents: VexDocuments,
    private readonly authors: VexAuthors,
    private readonly findings: FindingVexes,
    private readonly keys: VexKeys,
    private readonly database: Database,
  ) {}

  @Post('vex')
  @Access('advisories:write')
  @Answers(VexImportAnswer, {
    status: 202,
    description:
      'OpenVEX, CycloneDX VEX or CSAF: acts where the account that sends it is trusted for the product, and is a suggestion elsewhere',
    consumes: ['application/json'],
  })
  async send(@RawBody() body: Buffer | undefined, @Caller() caller: Identity): Promise<VexImportAnswer> {
    if (!body || body.length === 0) throw new Problem(400, 'invalid', 'send a VEX document as the body');
    return this.documents.take(body, caller);
  }

  @Get('vex')
  @Access('advisories:read')
  @Answers(VexAnswer, { list: true, description: 'VEX documents, the last received first' })
  list(@Query() query: VexQuery): Promise<Page<VexAnswer>> {
    return this.documents.page(query);
  }

  @Get('vex/keys')
  @Access('advisories:read')
  @Answers(SigningKey, { list: true, description: 'Public keys with which exports were signed, the one that signs now first' })
  async publicKeys(): Promise<Page<SigningKey>> {
    return { items: (await this.database.transaction((tx) => this.keys.all(tx))).map(signingKeyOf), next: null };
  }

  @Post('vex/keys')
  @Access('policies:write')
  @Answers(SigningKey, { status: 201, description: 'Makes a new key, which signs from now on; what the former ones signed stays good' })
  async rotate(@Caller() caller: Identity): Promise<SigningKey> {
    everywhere(caller, 'which key signs');
    return signingKeyOf(await this.database.transaction((tx) => this.keys.rotate(tx)));
  }

  @Get('vex/authors')
  @Access('advisories:read')
  @Answers(VexAuthor, { list: true, description: 'Accounts that are trusted to say what is not affected, and for what' })
  listAuthors(): Promise<Page<VexAuthor>> {
    return this.authors.list();
  }

  @Put('vex/authors/:name')
  @Access('policies:write')
  @Answers(VexAuthor, {
    status: 200,
    description: 'Asks that an account be trusted for products; counts when a second person has approved it',
  })
  request(@Param('name') name: string, @Body() wanted: VexTrust, @Caller() caller: Identity): Promise<VexAuthor> {
    return this.authors.request(named(name), wanted, caller);
  }

  @Post('vex/authors/:name/approve')
  @Access('approvals:write')
  @Answers(VexAuthor, {
    status: 200,
    description: 'A second person (403 for the one who asked) approves exactly what they have read (412 for another digest)',
  })
  approve(@Param('name') name: string, @Body() { digest }: VexTrustApproval, @Caller() caller: Identity): Promise<VexAuthor> {
    return this.authors.approve(named(name), digest, caller);
  }

  @Delete('vex/authors/:name')
  @Access('policies:write')
  @Answers(undefined, { status: 204, description: 'Trusts it no more; what rested on its word alone is open again' })
  async removeAuthor(@Param('name') name: string, @Caller() caller: Identity): Promise<void> {
    await this.authors.remove(named(name), caller);
  }

  @Delete('vex/:id')
  @Access('advisories:write')
  @Answers(undefined, { status: 204, description: 'Takes a document back; what rested on it alone is open again' })
  async remove(@Param('id') id: string): Promise<void> {
    if (!uuid.test(id)) throw new Problem(404, 'not_found', 'there is no such document');
    await this.documents.remove(id);
  }

  @Get('findings/:id/vex')
  @Access('findings:read')
  @Answers(FindingVex, { list: true, description: 'What VEX says about a finding, and why it acts or does not' })
  ofFinding(@Param('id') id: string, @Caller() caller: Identity): Promise<Page<FindingVex>> {
    return this.findings.of(id, caller);
  }
}

function named(name: string): string {
  if (!/^[\w.-]{1,64}$/.test(name)) throw new Problem(400, 'invalid', 'the name of an author has letters, digits, dots and dashes');
  return name;
}
