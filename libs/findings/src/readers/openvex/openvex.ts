import { parsePurl } from '@throughline/versions';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import { advisoryIds, objectOf, present, rejected, textOf, vulnerable, webAddress, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/**
 * OpenVEX documents. A statement that a product is affected, or that it is not known yet, is a finding; that it is not
 * affected or was fixed is none: whose word that is has to be known before it closes anything.
 */
export const openvex: ReportReader = {
  name: 'openvex',
  title: 'OpenVEX',
  finds: ['vulnerability'],
  passes: 1,
  marks: ['$.@context', '$.statements.*.vulnerability', '$.statements.*.status', '$.statements'],
  recognises: (head) =>
    head.has('$.statements.*.vulnerability', '$.statements.*.status') ||
    (head.has('$.statements') && String(head.value('$.@context')).includes('openvex.dev')),
  read,
};

const silent = new Set(['not_affected', 'fixed']);
const statuses = new Set([...silent, 'affected', 'under_investigation']);

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  let context: string | undefined;
  for await (const { selector, path, value } of jsonItems(open(), ['$.@context', '$.statements.*'], { seen })) {
    if (selector === '$.@context') context = textOf(value, 200);
    else yield* linesOf(objectOf(value) ?? {}, path);
  }
  const empty = seen.get('$.statements') === 'list' && !seen.has('$.statements.*');
  if (seen.get('$.statements') !== 'list' || (empty && context?.includes('openvex') !== true))
    throw new ReportRefused('this is no OpenVEX document', { pointer: '/statements' });
}

function* linesOf(statement: Foreign, path: readonly (string | number)[]): Iterable<ReadLine> {
  const status = textOf(statement['status'], 40)?.toLowerCase() ?? '';
  const vulnerability = vulnerabilityIn(statement['vulnerability']);
  const products = (Array.isArray(statement['products']) ? (statement['products'] as unknown[]) : []).slice(0, 10_000).flatMap(productOf);
  if (vulnerability === undefined || !statuses.has(status)) {
    yield rejected(path, 'a statement names its vulnerability and one of the four statuses');
    return;
  }
  if (silent.has(status)) return;
  if (products.length === 0) yield rejected(path, 'a statement that something is affected names its products');
  const { id, ids } = vulnerability;
  for (const { name, version, purl } of products) {
    const texts = [statement['action_statement'], statement['impact_statement'], statement['status_notes']];
    yield {
      finding: vulnerable(
        present({
          rule: id,
          title: `${id} in ${name}`.slice(0, 300),
          description: textOf([`VEX: ${status}.`, ...texts.flatMap((text) => textOf(text, 900) ?? [])].join(' '), 2000),
          // VEX says whether, not how bad.
          severity: 'medium' as const,
          help: webAddress(vulnerability.link),
        }),
        present({ name, version, purl, ecosystem: undefined, purlType: undefined }),
        { ids },
      ),
    };
  }
}

interface Vulnerability {
  readonly id: string;
  readonly ids: readonly string[];
  readonly link: unknown;
}

/** An object, or, before version 0.2.0, the id itself. */
function vulnerabilityIn(value: unknown): Vulnerability | undefined {
  const object = objectOf(value);
  const id = textOf(object ? (object['name'] ?? object['@id']) : value, 200);
  if (id === undefined) return undefined;
  const ids = advisoryIds(id, Array.isArray(object?.['aliases']) ? (object['aliases'] as unknown[]) : []);
  return { id, ids: ids.length === 0 ? [id] : ids, link: object?.['@id'] };
}

/** Each part of a product that is named; without any, the product itself. */
function productOf(
  value: unknown,
): readonly { readonly name: string; readonly version: string | undefined; readonly purl: string | undefined }[] {
  const object = objectOf(value);
  const parts = Array.isArray(object?.['subcomponents']) ? (object['subcomponents'] as unknown[]) : [];
  if (parts.length > 0) return parts.slice(0, 1000).flatMap(productOf);
  const identifiers = objectOf(object?.['identifiers']);
  const text = textOf(identifiers?.['purl'], 1024) ?? textOf(object ? object['@id'] : value, 1024);
  if (text === undefined) return [];
  const purl = parsePurl(text);
  return [
    {
      name: purl ? [purl.namespace, purl.name].filter(Boolean).join('/') : text.slice(0, 300),
      version: purl?.version,
      purl: purl ? text : undefined,
    },
  ];
}
