import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { make, MappingPreview, PreviewedFinding, RejectedResult } from '@throughline/contracts';
import { recogniseReport, ReportRefused, type Finding } from '@throughline/findings';
import { Problem } from '@throughline/service';
import { ReportBox, type PreviewedReport } from '../report-box.ts';
import { openUpload, unprocessable } from '../upload-body.ts';
import { Mappings, type OwnFormat } from './mappings.ts';

/** In bytes: a trial holds its report in memory. */
export const mostTried = 1024 * 1024;

/** What a saved mapping makes of a report; nothing is kept of it. */
@Injectable()
export class MappingTrial {
  constructor(
    private readonly mappings: Mappings,
    private readonly box: ReportBox,
  ) {}

  async run(name: string, source: Readable | undefined): Promise<MappingPreview> {
    const { version } = await this.mappings.read(name);
    const format = await this.mappings.at(name, version);
    if (!format) throw new Problem(409, 'not_usable', `this release cannot read the mapping ${name}: save it anew`);
    if (!source) throw new Problem(400, 'invalid', 'send the report as the body');
    return previewOf(version, await this.read(format, source));
  }

  private async read({ reader, source: mapping }: OwnFormat, source: Readable): Promise<PreviewedReport> {
    const recognise = (head: Buffer, whole: boolean) => recogniseReport(head, whole, reader.name, [reader]);
    const { whole } = await openUpload(source, { recognise, mostBytes: mostTried });
    if (!whole) throw new Problem(413, 'too_large', `a trial takes at most ${mostTried} bytes: cut the report down`);
    try {
      return await this.box.preview({ reader, mapping, repository: '', bytes: whole.length, open: () => Readable.from([whole]) });
    } catch (error) {
      throw error instanceof ReportRefused ? unprocessable(error) : error;
    }
  }
}

function previewOf(version: number, { findings, accepted, rejected, unread }: PreviewedReport): MappingPreview {
  return make(MappingPreview, {
    ...{ version, accepted, unread, reported: accepted + rejected.length },
    rejected: rejected.map((result) => make(RejectedResult, { ...result })),
    findings: findings.map(shortOf),
  });
}

function shortOf({ class: kind, rule, title, severity, location, resource, vulnerability }: Finding): PreviewedFinding {
  return make(PreviewedFinding, {
    ...{ class: kind, rule, title, severity },
    ...(location && { path: location.path }),
    ...(location?.line !== undefined && { line: location.line }),
    ...(resource !== undefined && { resource }),
    ...(vulnerability && { purl: vulnerability.purl }),
  });
}
