import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { at, objectOf, objectsOf, present, rejected, textOf, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `zizmor --format json` (`json-v1`). */
export const zizmor: ReportReader = {
  name: 'zizmor',
  title: 'zizmor JSON',
  finds: ['configuration'],
  passes: 1,
  marks: ['$.*.ident', '$.*.determinations'],
  recognises: (head) => head.root === 'list' && head.has('$.*.ident', '$.*.determinations'),
  nothing: (head) => head.root === 'list',
  read,
};

const severities: Readonly<Record<string, Severity>> = {
  Unknown: 'low',
  Informational: 'info',
  Low: 'low',
  Medium: 'medium',
  High: 'high',
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.*'], { seen })) yield lineOf(objectOf(value) ?? {}, path);
  if (seen.get('$') !== 'list') throw new ReportRefused('this is no report of zizmor', { pointer: '' });
}

function lineOf(audit: Foreign, path: readonly (string | number)[]): ReadLine {
  const rule = textOf(audit['ident'], 100);
  const determinations = objectOf(audit['determinations']);
  if (rule === undefined || !determinations) return rejected(path, 'a result names its audit (ident) and its determinations');
  return {
    finding: present<RawFinding>({
      class: 'configuration',
      rule,
      title: capitalised(textOf(audit['desc'], 300) ?? rule),
      severity: severities[textOf(determinations['severity'], 20) ?? ''] ?? 'low',
      confidence: textOf(determinations['confidence'], 20)?.toLowerCase(),
      help: textOf(audit['url'], 500),
      ...placeOf(audit['locations']),
    }),
  };
}

/** The primary location; rows and columns count from zero in the report. */
function placeOf(locations: unknown): Pick<RawFinding, 'path' | 'line' | 'endLine' | 'column'> {
  const all = objectsOf(locations, 100);
  const primary = all.find((location) => at(location, 'symbolic', 'kind') === 'Primary') ?? all[0];
  const local = at(primary, 'symbolic', 'key', 'Local');
  const span = at(primary, 'concrete', 'location');
  return present<Pick<RawFinding, 'path' | 'line' | 'endLine' | 'column'>>({
    path: textOf(at(local, 'verbatim_path') ?? at(local, 'given_path'), 4096),
    line: oneBased(at(span, 'start_point', 'row')),
    endLine: oneBased(at(span, 'end_point', 'row')),
    column: oneBased(at(span, 'start_point', 'column')),
  });
}

function oneBased(value: unknown): number | undefined {
  const count = wholeOf(value, 0);
  return count === undefined ? undefined : count + 1;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
