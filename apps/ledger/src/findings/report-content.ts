import { findingClasses, severities } from '@throughline/contracts';
import { LinesRefused, type Blobs } from '@throughline/blobs';
import type { Component, Finding, ReportLine } from '@throughline/findings';
import { PermanentFailure } from '@throughline/messaging';

/** A report as the runner left it. */
export interface ReportContent {
  readonly findings: readonly Finding[];
  readonly components: readonly Component[];
}

const limits = { maxLineBytes: 64 * 1024, maxLines: 300_000 };

/** Reads a report blob; throws `PermanentFailure` for one that no reader of ours wrote. */
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
  let number = 0;
  for await (const text of blobs.lines(digest, limits)) {
    number += 1;
    const line = parse(text, digest, number);
    if (line.kind === 'finding') findings.push(boundedFinding(line.finding));
    else components.push(boundedComponent(line.component));
  }
  return { findings, components };
}

function parse(text: string, digest: string, number: number): ReportLine {
  try {
    const line = JSON.parse(text) as ReportLine;
    if (line.kind === 'finding' && isFinding(line.finding)) return line;
    if (line.kind === 'component' && isComponent(line.component)) return line;
  } catch {
    // Answered below, like any other line that is not ours.
  }
  throw new PermanentFailure(`line ${number} of the report ${digest} is neither a finding nor a component`);
}

function isFinding(finding: Finding): boolean {
  return (
    findingClasses.includes(finding.class) &&
    severities.includes(finding.severity) &&
    typeof finding.rule === 'string' &&
    typeof finding.title === 'string'
  );
}

function isComponent(component: Component): boolean {
  const { purl, ecosystem, name, version, manifest } = component;
  return [purl, ecosystem, name, version, manifest].every((text) => typeof text === 'string' && text !== '');
}

/** Postgres has no NUL in text, and facts have bounded fields: both are settled here, once. */
function boundedFinding(finding: Finding): Finding {
  const { location } = finding;
  return {
    ...finding,
    rule: bounded(finding.rule, 200),
    title: bounded(finding.title, 300) || bounded(finding.rule, 200),
    ...(finding.description !== undefined && { description: bounded(finding.description, 2_000) }),
    ...(finding.resource !== undefined && { resource: bounded(finding.resource, 512) }),
    ...(location && { location: { ...location, path: bounded(location.path, 1_024) } }),
  };
}

function boundedComponent(component: Component): Component {
  return {
    ...component,
    ecosystem: bounded(component.ecosystem, 64),
    name: bounded(component.name, 300),
    version: bounded(component.version, 256),
    purl: bounded(component.purl, 512),
    manifest: bounded(component.manifest, 1_024),
    ...(component.licence !== undefined && { licence: bounded(component.licence, 200) }),
    ...(component.via && { via: component.via.slice(0, 20).map((name) => bounded(name, 300)) }),
  };
}

function bounded(text: string, max: number): string {
  return text.replaceAll('\0', '').slice(0, max);
}
