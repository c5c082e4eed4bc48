import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import type { Finding, ReportLine } from '@throughline/findings';
import { makeCopy } from '../runner/copies.ts';
import type { HistoricFile } from '../runner/git/history-listing.ts';
import type { Mirror } from '../runner/git/mirror.ts';
import type { SandboxLevel } from '../runner/sandbox/sandbox.ts';
import { ScannerDesk, type Equipment } from '../runner/scanner-desk.ts';
import { WorkFolders } from '../runner/work-folders.ts';
import { gitleaks } from '../scanners/gitleaks/gitleaks.ts';
import { WeakSecrets } from './weak-secrets.ts';

/** Whose rules find secrets in the history. */
export const historian = gitleaks;

/** Versions of files that one run looks at. */
const chunk = { files: 10_000, bytes: 128 * 1024 * 1024 };
const largestFile = 2 * 1024 * 1024;
const lines = { maxLineBytes: 64 * 1024, maxLines: 250_000 };

interface Run {
  readonly equipment: Equipment;
  readonly signal: AbortSignal;
}

/** Runs the scanner on versions of files as on a tree: in a box, with a canary, without anything of git in it. */
@Injectable()
export class HistoryScans {
  constructor(
    private readonly desk: ScannerDesk,
    private readonly folders: WorkFolders,
    private readonly blobs: Blobs,
    private readonly weakSecrets: WeakSecrets,
  ) {}

  get sandbox(): SandboxLevel {
    return this.desk.sandbox;
  }

  /** The secrets in the versions, each with its commit, in the order of the commits. */
  async *of(mirror: Mirror, repository: string, versions: readonly HistoricFile[], run: Run): AsyncIterable<Finding> {
    const order = new Map([...new Set(versions.map(({ commit }) => commit))].map((commit, index) => [commit, index]));
    const place = ({ resource = '' }: Finding): number => order.get(resource.slice(commitPrefix.length)) ?? 0;
    for (const part of chunksOf(versions.filter(({ path, bytes }) => bytes <= largestFile && historian.reads(path)))) {
      const findings = await this.scan(mirror, repository, part, run);
      yield* findings.sort((a, b) => place(a) - place(b));
    }
  }

  /** The findings of a report. */
  async *findingsIn(report: string): AsyncIterable<Finding> {
    for await (const text of this.blobs.lines(report, lines)) {
      const line = JSON.parse(text) as ReportLine;
      if (line.kind === 'finding') yield line.finding;
    }
  }

  private scan(mirror: Mirror, repository: string, part: readonly HistoricFile[], { equipment, signal }: Run): Promise<Finding[]> {
    return this.folders.within(async (folder) => {
      // Below a folder for each commit, no version stands in the way of another.
      const files = part.map(({ commit, path, object, bytes }) => ({ path: `${commit}/${path}`, object, bytes }));
      const copy = await makeCopy(mirror.git, historian, { files, also: [], digest: '' }, folder, signal);
      const weakSecrets = this.weakSecrets.of(repository);
      const { report } = await this.desk.scan(historian, copy, equipment, { also: [], weakSecrets, signal });
      const findings: Finding[] = [];
      for await (const finding of this.findingsIn(report)) findings.push(...historic(finding));
      return findings;
    });
  }
}

const commitPrefix = 'commit ';

/** The folder in the copy tells the commit; what could not be read tells nothing about a secret. */
function historic(finding: Finding): readonly Finding[] {
  const [, commit, path] = /^([0-9a-f]{40,64})\/(.+)$/s.exec(finding.location?.path ?? '') ?? [];
  if (finding.class !== 'secret' || commit === undefined || path === undefined) return [];
  return [{ ...finding, location: { ...finding.location, path }, resource: `${commitPrefix}${commit}` }];
}

function* chunksOf(versions: readonly HistoricFile[]): Iterable<readonly HistoricFile[]> {
  let part: HistoricFile[] = [];
  let bytes = 0;
  for (const version of versions) {
    if (part.length >= chunk.files || (part.length > 0 && bytes + version.bytes > chunk.bytes)) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(version);
    bytes += version.bytes;
  }
  if (part.length > 0) yield part;
}
