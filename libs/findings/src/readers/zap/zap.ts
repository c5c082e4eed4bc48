import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { attribute, child, children, childText, type XmlElement } from '../../xml/xml-element.ts';
import { xmlItems, type SeenElements } from '../../xml/xml-items.ts';
import { cwesIn, objectOf, objectsOf, plainText, present, rejected, textOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { pointerOf, ReportRefused } from '../report-refused.ts';
import { inSyntax } from '../syntax.ts';

/**
 * Reports of ZAP, traditional XML and JSON, also with requests and responses. A finding is an alert of a site; where it was
 * seen stands in its description, without what ZAP sent or got: that holds sessions.
 */
export const zap: ReportReader = {
  name: 'zap',
  title: 'ZAP XML or JSON',
  finds: ['code'],
  passes: 2,
  marks: ['/OWASPZAPReport', '$.@programName', '$.@generated', '$.@version', '$.site.*.@name', '$.site.*.alerts'],
  recognises: (head) =>
    head.has('/OWASPZAPReport') || head.has('$.site.*.@name', '$.site.*.alerts') || head.has('$.@generated', '$.@programName'),
  read: (open) => inSyntax(open, { xml: readXml, json: readJson }),
};

/** An alert, whichever way it is written. */
interface Alert {
  readonly rule: string | undefined;
  readonly name: string | undefined;
  readonly risk: string | undefined;
  readonly confidence: string | undefined;
  readonly description: string | undefined;
  readonly solution: string | undefined;
  readonly reference: string | undefined;
  readonly cwe: string | undefined;
  readonly instances: readonly {
    readonly method: string | undefined;
    readonly uri: string | undefined;
    readonly param: string | undefined;
  }[];
}

const severities: Readonly<Record<string, Severity>> = { 0: 'info', 1: 'low', 2: 'medium', 3: 'high' };
const confidences: Readonly<Record<string, string>> = { 0: 'false positive', 1: 'low', 2: 'medium', 3: 'high', 4: 'confirmed' };

async function* readXml(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: SeenElements = new Set();
  const sites = new Map<string, string>();
  for await (const { path, element } of xmlItems(open(), ['/OWASPZAPReport/site/@'], { seen })) {
    const name = attribute(element, 'name') ?? attribute(element, 'host');
    if (name !== undefined) sites.set(pointerOf(path), name.slice(0, 500));
  }
  if (!seen.has('/OWASPZAPReport')) throw new ReportRefused('this is no report of ZAP', { pointer: '', line: 1, column: 1 });
  for await (const { path, element } of xmlItems(open(), ['/OWASPZAPReport/site/alerts/alertitem']))
    yield lineOf(ofElement(element), sites.get(pointerOf(path.slice(0, 2))), path, `line ${element.line}: `);
}

async function* readJson(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const sites = new Map<string, string>();
  for await (const { path, value } of jsonItems(open(), ['$.site.*.@name', '$.@generated', '$.@programName'], { seen })) {
    const name = textOf(value, 500);
    if (name !== undefined && path.length === 3) sites.set(pointerOf(path.slice(0, 2)), name);
  }
  for await (const { path, value } of jsonItems(open(), ['$.site.*.alerts.*'], { seen })) {
    const alert = objectOf(value);
    yield alert ? lineOf(ofObject(alert), sites.get(pointerOf(path.slice(0, 2))), path) : rejected(path, 'an alert must be an object');
  }
  const empty = seen.get('$.site') === 'list' && !seen.has('$.site.*') && (seen.has('$.@generated') || seen.has('$.@programName'));
  if (!empty && !seen.has('$.site.*.alerts')) throw new ReportRefused('this is no report of ZAP', { pointer: '/site' });
}

function lineOf(alert: Alert, site: string | undefined, path: readonly (string | number)[], place = ''): ReadLine {
  const { rule, name } = alert;
  if (rule === undefined || name === undefined) return rejected(path, `${place}an alert names its rule (pluginid) and itself (alert)`);
  const seenAt = alert.instances.slice(0, 20).flatMap(({ method, uri, param }) => (uri === undefined ? [] : [placeOf(method, uri, param)]));
  const texts = [alert.description, alert.solution, seenAt.length > 0 ? `Seen at:\n${[...new Set(seenAt)].join('\n')}` : undefined];
  return {
    finding: present<RawFinding>({
      class: 'code',
      rule,
      title: name,
      severity: severities[alert.risk ?? ''] ?? 'medium',
      description: textOf(texts.flatMap((text) => text ?? []).join('\n'), 2000),
      cwe: cwesIn(alert.cwe),
      help: /https?:\/\/[^\s<]+/.exec(alert.reference ?? '')?.[0].slice(0, 500),
      resource: site,
      confidence: confidences[alert.confidence ?? ''],
    }),
  };
}

/** Without the query: it may hold a session or what was tried. */
function placeOf(method: string | undefined, uri: string, param: string | undefined): string {
  const place = `${method ?? ''} ${uri.split(/[?#]/, 1)[0]!}`.trim().slice(0, 200);
  return param === undefined ? place : `${place} (${param.slice(0, 60)})`;
}

function ofElement(element: XmlElement): Alert {
  const text = (name: string, max: number): string | undefined => textOf(childText(element, name), max);
  // Versions before 2.5 say where without a list.
  const listed = children(child(element, 'instances'), 'instance');
  return {
    rule: text('alertRef', 100) ?? text('pluginid', 100),
    name: text('alert', 300) ?? text('name', 300),
    risk: text('riskcode', 10),
    confidence: text('confidence', 10),
    description: plainText(childText(element, 'desc'), 1000),
    solution: plainText(childText(element, 'solution'), 600),
    reference: text('reference', 2000),
    cwe: text('cweid', 20),
    instances: (listed.length > 0 ? listed : [element]).map((one) => ({
      method: textOf(childText(one, 'method'), 20),
      uri: textOf(childText(one, 'uri'), 2000),
      param: textOf(childText(one, 'param'), 200),
    })),
  };
}

function ofObject(alert: Foreign): Alert {
  const text = (name: string, max: number): string | undefined => textOf(alert[name], max);
  return {
    rule: text('alertRef', 100) ?? text('pluginid', 100),
    name: text('alert', 300) ?? text('name', 300),
    risk: text('riskcode', 10),
    confidence: text('confidence', 10),
    description: plainText(text('desc', 8000), 1000),
    solution: plainText(text('solution', 8000), 600),
    reference: text('reference', 2000),
    cwe: text('cweid', 20),
    instances: objectsOf(alert['instances']).map((one) => ({
      method: textOf(one['method'], 20),
      uri: textOf(one['uri'], 2000),
      param: textOf(one['param'], 200),
    })),
  };
}
