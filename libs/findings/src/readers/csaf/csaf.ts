import { severityOf as bandOf } from '@throughline/versions';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  at,
  cwesIn,
  objectOf,
  objectsOf,
  present,
  rejected,
  scoreOf,
  severityOf,
  textOf,
  vulnerable,
  webAddress,
  type Foreign,
} from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { productsIn, type Product } from './product-tree.ts';

/**
 * CSAF 2.x advisories and VEX documents. A product that is affected, or of which it is not known yet, is a finding; that one is
 * not affected or fixed is none: whose word that is has to be known before it closes anything.
 */
export const csaf: ReportReader = {
  name: 'csaf',
  title: 'CSAF 2.0',
  finds: ['vulnerability'],
  passes: 2,
  marks: ['$.document.csaf_version'],
  recognises: (head) => head.has('$.document.csaf_version'),
  read,
};

const affected = ['known_affected', 'first_affected', 'last_affected', 'under_investigation', 'unknown'] as const;

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  let version: string | undefined;
  let products: ReadonlyMap<string, Product> = new Map();
  for await (const { selector, value } of jsonItems(open(), ['$.document.csaf_version', '$.product_tree'], { seen })) {
    if (selector === '$.product_tree') products = productsIn(objectOf(value) ?? {});
    else version = textOf(value, 20);
  }
  if (version?.startsWith('2.') !== true)
    throw new ReportRefused('this is no CSAF document of version 2', { pointer: '/document/csaf_version' });
  for await (const { path, value } of jsonItems(open(), ['$.vulnerabilities.*'], { seen })) {
    const vulnerability = objectOf(value);
    if (vulnerability) yield* linesOf(vulnerability, products, path);
    else yield rejected(path, 'a vulnerability must be an object');
  }
}

function* linesOf(vulnerability: Foreign, products: ReadonlyMap<string, Product>, path: readonly (string | number)[]): Iterable<ReadLine> {
  const others = objectsOf(vulnerability['ids'], 50).flatMap((one) => textOf(one['text'], 128) ?? []);
  const id = textOf(vulnerability['cve'], 128) ?? others[0];
  if (id === undefined) {
    yield rejected(path, 'a vulnerability has an id (cve, or one of ids)');
    return;
  }
  const told = new Set<string>();
  for (const status of affected) {
    const named = at(vulnerability['product_status'], status);
    for (const product of (Array.isArray(named) ? (named as unknown[]) : []).flatMap((one) => textOf(one, 1024) ?? [])) {
      if (!told.has(product))
        yield {
          finding: findingOf(vulnerability, { id, others, status, product }, products.get(product) ?? { name: product.slice(0, 300) }),
        };
      told.add(product);
    }
  }
}

interface Said {
  readonly id: string;
  readonly others: readonly string[];
  readonly status: string;
  /** Id of the product in the document. */
  readonly product: string;
}

function findingOf(vulnerability: Foreign, { id, others, status, product }: Said, { name, version, purl }: Product): RawFinding {
  const ids = advisoryIds(id, others);
  const notes = objectsOf(vulnerability['notes'], 20).flatMap((note) =>
    /^(?:description|summary|details)$/.test(String(textOf(note['category'], 20))) ? (textOf(note['text'], 1500) ?? []) : [],
  );
  const score = scoreFor(vulnerability, product);
  const title = textOf(vulnerability['title'], 300);
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
      rule: id,
      title: title ?? `${id} in ${name}`.slice(0, 300),
      description: textOf([`The document says: ${status}.`, ...notes].join('\n'), 2000),
      severity: score?.severity ?? 'medium',
      cwe: cwesIn([at(vulnerability['cwe'], 'id'), ...objectsOf(vulnerability['cwes'], 20).map((cwe) => cwe['id'])]),
      help: webAddress(...objectsOf(vulnerability['references'], 20).map((reference) => reference['url'])),
    }),
    present({ name, version, purl, ecosystem: undefined, purlType: undefined }),
    { ids: ids.length === 0 ? [id] : ids, cvss: score?.score },
  );
}

/** The newest version of CVSS that the document gives for a product: `scores` of 2.0, `metrics` of 2.1. */
function scoreFor(
  vulnerability: Foreign,
  product: string,
): { readonly severity: RawFinding['severity']; readonly score: number } | undefined {
  const entries = [...objectsOf(vulnerability['scores'], 1000), ...objectsOf(vulnerability['metrics'], 1000)].filter(
    ({ products }) => Array.isArray(products) && products.includes(product),
  );
  for (const field of ['cvss_v4', 'cvss_v3', 'cvss_v2']) {
    for (const entry of entries) {
      const cvss = objectOf(entry[field]) ?? objectOf(at(entry['content'], field));
      const score = scoreOf(cvss?.['baseScore']);
      if (score === undefined) continue;
      const word = textOf(cvss?.['baseSeverity'], 20);
      return { score, severity: word === undefined ? bandOf(score) : severityOf(word) };
    }
  }
  return undefined;
}
