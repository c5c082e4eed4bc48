import { Count, Flag, ListOf, Maybe, Text, Texts, Time } from '../fields.ts';
import { RejectedResult } from './scanner-orchestrator.ts';

/** A format of reports that this installation declares. */
export class ReportMapping {
  /** The word of `format=`. */
  @Text(50) name: string;
  @Text(100) title: string;
  @Texts(8, 32) finds: string[];
  @Count(1) version: number;
  @Text(200) savedBy: string;
  @Time() savedAt: string;
  /** False: it was saved under an earlier release, and this one cannot read it. */
  @Flag() usable: boolean;
}

/** The same with its text, as it was sent. */
export class ReportMappingDetail extends ReportMapping {
  @Text(65_536) source: string;
}

/** A finding as a mapping reads it, in short. */
export class PreviewedFinding {
  @Text(32) class: string;
  @Text(200) rule: string;
  @Text(300) title: string;
  @Text(32) severity: string;
  @Maybe() @Text(1024) path?: string;
  @Maybe() @Count(1) line?: number;
  @Maybe() @Text(500) resource?: string;
  @Maybe() @Text(512) purl?: string;
}

/** What a saved mapping makes of a report. Nothing of it is kept. */
export class MappingPreview {
  @Count(1) version: number;
  @Count() reported: number;
  @Count() accepted: number;
  @Count() unread: number;
  @ListOf(() => RejectedResult, 1000) rejected: RejectedResult[];
  /** The first of them. */
  @ListOf(() => PreviewedFinding, 100) findings: PreviewedFinding[];
}
