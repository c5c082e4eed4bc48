import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import {
  ComponentPathsAnswer,
  ComponentPathsQuery,
  SbomDiff,
  SbomDiffQuery,
  SbomFormatQuery,
  SbomQuery,
  SbomSummary,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { ComponentWays } from './component-ways.ts';
import { SbomDiffs } from './sbom-diffs.ts';
import { SbomDocuments } from './sbom-documents.ts';
import { SbomList, type SbomRow } from './sbom-list.ts';

/** CycloneDX as we write it, or whatever was sent. */
const documents = ['application/vnd.cyclonedx+json', 'application/json', 'application/xml', 'text/plain'];

@Controller('api/v1')
export class SbomsController {
  constructor(
    private readonly sboms: SbomList,
    private readonly documents: SbomDocuments,
    private readonly diffs: SbomDiffs,
    private readonly ways: ComponentWays,
  ) {}

  @Get('sboms')
  @Access('findings:read', { bound: true })
  @Answers(SbomSummary, { list: true, description: 'Inventories of commits and images, the latest first; those made from lock files, too' })
  list(@Query() query: SbomQuery, @Caller() caller: Identity): Promise<Page<SbomSummary>> {
    return this.sboms.page(query, caller);
  }

  @Get('sboms/diff')
  @Access('findings:read', { bound: true })
  @Answers(SbomDiff, { description: 'What one SBOM has that another one has not; each by id, digest of an image, or commit' })
  diff(@Query() query: SbomDiffQuery, @Caller() caller: Identity): Promise<SbomDiff> {
    return this.diffs.between(query, caller);
  }

  @Get('sboms/:id')
  @Access('findings:read', { bound: true })
  @Answers(undefined, { description: 'An SBOM as CycloneDX 1.6, or the document as it was sent (`format=original`)', produces: documents })
  async read(@Param('id') id: string, @Query() { format }: SbomFormatQuery, @Caller() caller: Identity): Promise<StreamableFile> {
    return this.answer(await this.sboms.one(id, caller), format);
  }

  @Get('artifacts/:digest/sbom')
  @Access('findings:read')
  @Answers(undefined, { description: 'The latest SBOM of an image', produces: documents })
  async ofArtifact(
    @Param('digest') digest: string,
    @Query() { format }: SbomFormatQuery,
    @Caller() caller: Identity,
  ): Promise<StreamableFile> {
    return this.answer(await this.sboms.ofArtifact(digest, caller), format);
  }

  @Get('components/paths')
  @Access('findings:read', { bound: true })
  @Answers(ComponentPathsAnswer, { description: 'Why a component is there: the shortest ways from what the SBOM is about' })
  paths(@Query() query: ComponentPathsQuery, @Caller() caller: Identity): Promise<ComponentPathsAnswer> {
    return this.ways.of(query, caller);
  }

  private async answer(row: SbomRow, format: SbomFormatQuery['format']): Promise<StreamableFile> {
    const { type, body } = format === 'original' ? await this.documents.original(row) : this.documents.cyclonedx(row);
    return new StreamableFile(body, { type });
  }
}
