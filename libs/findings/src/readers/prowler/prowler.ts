import { createHash } from 'node:crypto';
import { csvRows, type CsvRow } from '../../csv/csv-rows.ts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { at, objectOf, objectsOf, present, rejected, severityOf, textOf, webAddress, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { syntaxOf } from '../syntax.ts';

const columns = ['CHECK_ID', 'CHECK_TITLE', 'STATUS_EXTENDED'];

/**
 * Prowler: JSON of version 3, OCSF and CSV of versions 3 and later. What Prowler could not decide is a finding as well. What
 * was muted opens nothing, and a report with something muted closes nothing.
 */
export const prowler: ReportReader = {
  name: 'prowler',
  title: 'Prowler JSON, OCSF or CSV',
  finds: ['configuration'],
  passes: 1,
  marks: [
    ...columns.map((column) => `,${column}`),
    ...['$.*.CheckID', '$.*.StatusExtended', '$.*.metadata.product.name', '$.*.metadata.product.vendor_name'],
  ],
  recognises: (head) =>
    head.has(...columns.map((column) => `,${column}`)) ||
    (head.root === 'list' &&
      (head.has('$.*.CheckID', '$.*.StatusExtended') ||
        [head.value('$.*.metadata.product.name'), head.value('$.*.metadata.product.vendor_name')].includes('Prowler'))),
  nothing: (head) => head.root === 'list',
  read,
};

/** A result, whichever way it is written. */
interface Result {
  readonly check: string | undefined;
  readonly title: string | undefined;
  readonly status: string | undefined;
  readonly muted: boolean;
  readonly severity: unknown;
  readonly texts: readonly unknown[];
  readonly links: readonly unknown[];
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly resource: string | undefined;
}

const passing = new Set(['PASS', 'SUCCESS', 'INFO']);
const failing = new Set(['FAIL', 'FAILURE', 'MANUAL', 'WARNING', 'OTHER']);

async function* read(report: OpenReport): AsyncIterable<ReadLine> {
  const { table, open } = await syntaxOf(report);
  if (table) yield* readTable(open);
  else yield* readList(open);
}

async function* readTable(open: OpenReport): AsyncIterable<ReadLine> {
  const check = (found: readonly string[]): void => {
    if (!columns.every((column) => found.includes(column))) throw new ReportRefused('this is no report of Prowler', { line: 1, column: 1 });
  };
  const told = new Set<string>();
  for await (const row of csvRows(open(), check)) {
    // The table may hold a row twice, word for word.
    const words = createHash('sha256').update(JSON.stringify(row.cells)).digest('base64');
    if (!told.has(words)) yield* linesOf(ofRow(row), [row.index], `line ${row.line}: `);
    told.add(words);
  }
}

async function* readList(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.*'], { seen })) {
    const result = objectOf(value) ?? {};
    yield* linesOf(objectOf(result['metadata']) ? ofOcsf(result) : ofNative(result), path);
  }
  if (seen.get('$') !== 'list') throw new ReportRefused('this is no report of Prowler', { pointer: '' });
}

function* linesOf(result: Result, path: readonly (string | number)[], place = ''): Iterable<ReadLine> {
  const { check, status = '', muted, account, region } = result;
  if (check === undefined || (!passing.has(status) && !failing.has(status) && !muted)) {
    yield rejected(path, `${place}a result names its check and how it came out`);
    return;
  }
  if (passing.has(status)) return;
  if (muted) {
    yield { unread: {} };
    return;
  }
  const resource = result.resource ?? [account, region].filter(Boolean).join('/');
  yield {
    finding: present<RawFinding>({
      class: 'configuration',
      rule: check,
      title: result.title ?? check,
      description: textOf([...new Set(result.texts.flatMap((text) => textOf(text, 900) ?? []))].join('\n'), 2000),
      severity: severityOf(result.severity),
      help: webAddress(...result.links),
      // Names of resources are not unique, except by what AWS and Azure make of them.
      resource:
        (/^(?:arn:|\/subscriptions\/)/i.test(resource) ? resource : [account, region, result.resource].filter(Boolean).join('/')).slice(
          0,
          500,
        ) || undefined,
    }),
  };
}

function ofNative(result: Foreign): Result {
  const text = (name: string, max: number): string | undefined => textOf(result[name], max);
  const status = text('Status', 20)?.toUpperCase();
  return {
    check: text('CheckID', 200),
    title: text('CheckTitle', 300),
    status,
    muted: status === 'MUTED' || result['Muted'] === true,
    severity: result['Severity'],
    texts: [result['StatusExtended'], result['Risk'], at(result['Remediation'], 'Recommendation', 'Text')],
    links: [at(result['Remediation'], 'Recommendation', 'Url'), result['RelatedUrl']],
    account: text('AccountId', 200) ?? text('SubscriptionId', 200) ?? text('ProjectId', 200),
    region: text('Region', 100),
    resource: text('ResourceArn', 500) ?? text('ResourceId', 500),
  };
}

/** Version 3 has other columns for accounts and resources than those after it. */
function ofRow({ cells }: CsvRow): Result {
  const text = (name: string, max: number): string | undefined => textOf(cells[name], max);
  const status = text('STATUS', 20)?.toUpperCase();
  return {
    check: text('CHECK_ID', 200),
    title: text('CHECK_TITLE', 300),
    status,
    muted: status === 'MUTED' || text('MUTED', 10)?.toLowerCase() === 'true',
    severity: cells['SEVERITY'],
    texts: [cells['STATUS_EXTENDED'], cells['RISK'], cells['REMEDIATION_RECOMMENDATION_TEXT']],
    links: [cells['REMEDIATION_RECOMMENDATION_URL'], cells['RELATED_URL']],
    account: ['ACCOUNT_UID', 'ACCOUNT_ID', 'SUBSCRIPTION', 'PROJECT_ID', 'CONTEXT'].map((name) => text(name, 200)).find(Boolean),
    region: text('REGION', 100) ?? text('LOCATION', 100) ?? text('NAMESPACE', 100),
    resource: ['RESOURCE_ARN', 'RESOURCE_UID', 'RESOURCE_ID', 'RESOURCE_NAME'].map((name) => text(name, 500)).find(Boolean),
  };
}

/** Version 3 has a finding of its own name, and the check in its id. */
function ofOcsf(result: Foreign): Result {
  const about = objectOf(result['finding_info']) ?? objectOf(result['finding']) ?? {};
  const [first] = objectsOf(result['resources'], 1);
  const status = textOf(result['status'], 20)?.toUpperCase();
  const uid = textOf(about['uid'], 500);
  return {
    check: textOf(at(result['metadata'], 'event_code'), 200) ?? textOf(/^prowler-[a-z0-9]+-([a-z0-9_]+)/.exec(uid ?? '')?.[1], 200),
    title: textOf(about['title'], 300),
    status: textOf(result['status_code'], 20)?.toUpperCase() ?? status,
    muted: status === 'SUPPRESSED' || textOf(result['status_code'], 20)?.toUpperCase() === 'MUTED',
    severity: result['severity'],
    texts: [result['status_detail'], result['risk_details'], at(result['remediation'], 'desc')],
    links: [...listOf(at(result['remediation'], 'references')), at(result['unmapped'], 'related_url')],
    account: textOf(at(result['cloud'], 'account', 'uid'), 200),
    region: textOf(at(result['cloud'], 'region'), 100) ?? textOf(first?.['region'], 100),
    resource: textOf(first?.['uid'], 500) ?? textOf(first?.['name'], 500),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, 20) : [];
}
