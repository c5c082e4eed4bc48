import { LinesRefused, type Blobs } from '@throughline/blobs';
import type { Component, Dependency, Finding } from '@throughline/findings';
import { PermanentFailure } from '@throughline/messaging';
import { readReportLine } from './report-line.ts';

/** A report as the runner left it. */
export interface ReportContent {
  readonly findings: readonly Finding[];
  readonly components: readonly Component[];
  /** Of an SBOM, by the places of the components. */
  readonly dependencies: readonly Dependency[];
}

const limits = { maxLineBytes: 64 * 1024, maxLines: 1_300_000 };

/** Reads a report blob; throws `PermanentFailure` for one that no reader of ours wrote, or that is too large. */
export async function readReport(blobs: Blobs, digest: string): Promise<ReportContent> {
  try {
    return await read(blobs, digest);
  } catch (error) {
    if (error instanceof LinesRefused) throw new PermanentFailure(`the report ${digest} is larger than reports may be: ${error.message}`);
    throw error;
  }
}

async function read(blobs: Blobs, digest: string): Promise<ReportContent> {
  const findings: Finding[] = [];
  const components: Component[] = [];
  const dependencies: Dependency[] = [];
  let number = 0;
  for await (const text of blobs.lines(digest, limits)) {
    number += 1;
    const line = readReportLine(text);
    if (!line) throw new PermanentFailure(`line ${number} of the report ${digest} is neither a finding nor a component`);
    if (line.kind === 'finding') findings.push(line.finding);
    else if (line.kind === 'component') components.push(line.component);
    else dependencies.push(line.dependency);
  }
  return { findings, components, dependencies };
}
