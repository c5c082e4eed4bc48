import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { childText } from '../../xml/xml-element.ts';
import { xmlItems, type SeenElements } from '../../xml/xml-items.ts';
import { cwesIn, objectOf, plainText, present, rejected, textOf } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { inSyntax } from '../syntax.ts';

/**
 * Issues of Burp Suite: what “Report issues” writes as XML, and the answer of its REST API to a question for a scan. A finding is
 * an issue at its place, known by the number of its type, which no translation changes. Requests, responses and the detail of an
 * issue are left out: they hold sessions and what was tried.
 */
export const burp: ReportReader = {
  name: 'burp',
  title: 'Burp Suite XML, or JSON of its REST API',
  finds: ['code'],
  passes: 1,
  marks: [
    '/issues',
    '/issues/issue',
    '/issues/issue/serialNumber',
    '$.issue_events',
    '$.issue_events.*.issue.type_index',
    '$.scan_metrics',
  ],
  recognises: (head) =>
    head.has('/issues/issue/serialNumber') || head.has('$.issue_events.*.issue.type_index') || head.has('$.issue_events', '$.scan_metrics'),
  // Others have this root too.
  nothing: (head) => head.has('/issues') && !head.has('/issues/issue'),
  read: (open) => inSyntax(open, { xml: readXml, json: readJson }),
};

const severities: Readonly<Record<string, Severity>> = { high: 'high', medium: 'medium', low: 'low', information: 'info', info: 'info' };
/** A person said so in Burp. */
const falsePositive = 'false positive';

/** An issue, whichever way it is written. */
interface Issue {
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly origin: string | undefined;
  /** Path and, in brackets, the part of the request that is at fault. */
  readonly place: string | undefined;
  readonly severity: string | undefined;
  readonly confidence: string | undefined;
  readonly background: string | undefined;
  readonly remediation: string | undefined;
  readonly classes: string | undefined;
}

async function* readXml(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: SeenElements = new Set();
  for await (const { path, element } of xmlItems(open(), ['/issues/issue'], { seen })) {
    const text = (name: string): string | undefined => childText(element, name);
    const issue: Issue = {
      ...{ type: text('type'), name: text('name'), origin: text('host'), place: text('location') ?? text('path') },
      ...{ severity: text('severity'), confidence: text('confidence') },
      ...{ background: text('issueBackground'), remediation: text('remediationBackground'), classes: text('vulnerabilityClassifications') },
    };
    yield lineOf(issue, path, `line ${element.line}: `);
  }
  if (!seen.has('/issues')) throw new ReportRefused('this is no report of Burp Suite', { pointer: '', line: 1, column: 1 });
}

async function* readJson(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.issue_events.*'], { seen })) {
    const issue = objectOf(objectOf(value)?.['issue']);
    if (!issue) {
      yield rejected(path, 'an event of an issue has an issue');
      continue;
    }
    const text = (name: string): string | undefined => textOf(issue[name], 20_000);
    yield lineOf(
      {
        ...{ type: numberOf(issue['type_index']), name: text('name'), origin: text('origin') },
        place: text('caption') ?? text('path'),
        ...{
          severity: text('severity'),
          confidence: text('confidence'),
          background: text('description'),
          remediation: text('remediation'),
        },
        classes: undefined,
      },
      path,
    );
  }
  if (seen.get('$.issue_events') !== 'list') throw new ReportRefused('this is no report of Burp Suite', { pointer: '/issue_events' });
}

/** XML and JSON write the same number. */
function numberOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value, 50);
}

function lineOf(issue: Issue, path: readonly (string | number)[], where = ''): ReadLine {
  const [type, name] = [textOf(issue.type, 50), textOf(issue.name, 300)];
  const origin = textOf(issue.origin, 300);
  if (type === undefined || name === undefined || origin === undefined)
    return rejected(path, `${where}an issue has a type, a name and a host`);
  const confidence = textOf(issue.confidence, 30)?.toLowerCase();
  const severity = textOf(issue.severity, 30)?.toLowerCase() ?? '';
  return {
    finding: present<RawFinding>({
      ...{ class: 'code', rule: `burp-${type}`, title: name },
      severity: severities[severity] ?? 'medium',
      description: textOf([plainText(issue.background, 1200), plainText(issue.remediation, 600)].filter(Boolean).join('\n'), 2000),
      cwe: cwesOf(issue.classes),
      resource: `${origin}${withoutQuery(issue.place)}`.slice(0, 500),
      confidence: severity.replace('_', ' ') === falsePositive ? falsePositive : confidence,
    }),
  };
}

/** What follows a question mark may hold a session; the part that is at fault stays. */
function withoutQuery(place: string | undefined): string {
  const [, path, part] = /^([^?#[]*)[^[]*(\[[^\]]{0,100}\])?/.exec(textOf(place, 2_000) ?? '') ?? [];
  return `${path?.trim() ?? ''}${part === undefined ? '' : ` ${part}`}`;
}

/** A list in HTML, of which each item is a link: `CWE-79: Improper…`. */
function cwesOf(classes: string | undefined): readonly number[] | undefined {
  return cwesIn([...(textOf(classes, 4_000) ?? '').matchAll(/\bCWE-\d{1,5}\b/g)].map(([id]) => id));
}
