import {
  isMasked,
  readReport,
  recogniseReport,
  ReportRefused,
  repositoryPath,
  secretPreview,
  type OpenReport,
  type RawFinding,
  type Rejection,
  type ReportReader,
} from '@throughline/findings';
import { Refused } from '../exit.ts';
import { openReport, tellRefusal } from '../report-file.ts';
import { logLine, say } from '../terminal.ts';

/** Prints what a report says, one finding a line, then `{ reported, accepted, rejected }`. Needs no server. */
export async function parseReport(path: string, { format }: { readonly format: string }): Promise<void> {
  const { open, head, whole } = await openReport(path);
  const { reader, tool } = await refusing(path, () => recogniseReport(head, whole, format));
  say(`${reader.title}${tool === undefined ? '' : ` of ${JSON.stringify(tool)}`}`);
  await printReport(path, reader, open);
}

/** The lines of a report that was given to its reader. */
export async function printReport(path: string, reader: ReportReader, open: OpenReport): Promise<void> {
  const rejected: Rejection[] = [];
  let accepted = 0;
  await refusing(path, async () => {
    for await (const line of readReport(reader, open)) {
      if ('rejected' in line) rejected.push(line.rejected);
      if (!('finding' in line)) continue;
      accepted += 1;
      printLine(shown(line.finding));
    }
  });
  printLine({ reported: accepted + rejected.length, accepted, rejected });
}

async function refusing<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReportRefused) throw new Refused('usage', `${path}: ${tellRefusal(error)}`);
    throw error;
  }
}

/** A finding in the words of the API; of a secret only what a person needs to recognise it. */
export function shown(finding: RawFinding): object {
  const { class: kind, rule, title, severity, description, cwe, help, resource, confidence, secret, hides, vulnerability } = finding;
  const hidden = [...(hides ?? []), ...(secret === undefined ? [] : [secret])];
  const { ids = [], name, version, purl, fixedIn } = vulnerability ?? {};
  const cve = [rule, ...ids].find((id) => /^CVE-/.test(id));
  const path = finding.path === undefined ? undefined : repositoryPath(finding.path);
  return {
    ...{ class: kind, rule, title: hide(title, hidden), severity, description: hide(description, hidden), cve, cwe, help },
    advisories: ids.length === 0 ? undefined : ids,
    component: vulnerability && { purl, name, version, fixedIn },
    location: path === undefined ? undefined : { path, line: finding.line, column: finding.column },
    ...{ resource, confidence, secret: secret === undefined || isMasked(secret) ? undefined : secretPreview(secret) },
  };
}

function hide<T extends string | undefined>(text: T, values: readonly string[]): T {
  let hidden: string | undefined = text;
  for (const value of values) if (value !== '') hidden = hidden?.replaceAll(value, '•••');
  return hidden as T;
}

/** JSON escapes what a terminal would obey. */
function printLine(value: object): void {
  const text = JSON.stringify(value).replace(/[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  process.stdout.write(`${logLine(text)}\n`);
}
