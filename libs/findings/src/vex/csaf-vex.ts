import { objectOf, objectsOf, textOf, type Foreign } from '../foreign.ts';
import { at as valueAt } from '../readers/fields.ts';
import { productsIn } from '../readers/csaf/product-tree.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { instantOf, listOf, namesOf, VexLines, type Path } from './vex-fields.ts';
import { mostVexStatements, type VexDocument, type VexStatus } from './vex.ts';

const statuses: Readonly<Record<string, VexStatus>> = {
  known_not_affected: 'not_affected',
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  under_investigation: 'under_investigation',
};

/** CSAF 2.x advisories and VEX documents. */
export function csafVexIn(document: Foreign): VexDocument {
  const head = objectOf(document['document']);
  const [version, id] = [textOf(head?.['csaf_version'], 20), textOf(valueAt(head, 'tracking', 'id'), 500)];
  const author = textOf(valueAt(head, 'publisher', 'name'), 300);
  if (version?.startsWith('2.') !== true)
    throw new ReportRefused('this is no CSAF document of version 2', { pointer: '/document/csaf_version' });
  if (id === undefined) throw new ReportRefused('a CSAF document has an id', { pointer: '/document/tracking/id' });
  if (author === undefined) throw new ReportRefused('a CSAF document names its publisher', { pointer: '/document/publisher/name' });
  const products = namedIn(objectOf(document['product_tree']) ?? {});
  const lines = new VexLines();
  listOf(document['vulnerabilities'], ['vulnerabilities'], mostVexStatements).forEach((one, index) =>
    take(objectOf(one) ?? {}, products, ['vulnerabilities', index], lines),
  );
  const at = instantOf(valueAt(head, 'tracking', 'current_release_date'));
  return { format: 'csaf', id, author, ...(at !== undefined && { at }), lines: lines.all };
}

interface Named {
  readonly product: string;
  readonly component?: string;
}

/** A relationship says what is part of what. */
function namedIn(tree: Foreign): ReadonlyMap<string, Named> {
  const whole = new Map(
    [...productsIn(tree)].map(([id, { purl, name, version }]) => [id, purl ?? [name, version].filter(Boolean).join(' ')]),
  );
  const named = new Map<string, Named>([...whole].map(([id, product]) => [id, { product }]));
  for (const relationship of objectsOf(tree['relationships'], 100_000)) {
    const id = textOf(valueAt(relationship['full_product_name'], 'product_id'), 1024);
    const product = whole.get(textOf(relationship['relates_to_product_reference'], 1024) ?? '');
    const component = whole.get(textOf(relationship['product_reference'], 1024) ?? '');
    if (id === undefined) continue;
    if (product !== undefined && component !== undefined) named.set(id, { product, component });
    else named.delete(id);
  }
  return named;
}

function take(vulnerability: Foreign, products: ReadonlyMap<string, Named>, path: Path, lines: VexLines): void {
  const others = objectsOf(vulnerability['ids'], 50).map(({ text }) => text);
  const names = namesOf(vulnerability['cve'] ?? others[0], others);
  for (const [word, status] of Object.entries(statuses)) {
    const place = [...path, 'product_status', word];
    listOf(valueAt(vulnerability['product_status'], word), place, mostVexStatements).forEach((value, index) => {
      const id = textOf(value, 1024) ?? '';
      const named = products.get(id);
      const why = { justification: flagOf(vulnerability, id), reason: impactOf(vulnerability, id) };
      lines.add({ names, status, ...why, at: undefined, product: named?.product, component: named?.component }, [...place, index]);
    });
  }
}

function flagOf(vulnerability: Foreign, product: string): string | undefined {
  const flag = objectsOf(vulnerability['flags'], 1000).find(({ product_ids: ids }) => Array.isArray(ids) && ids.includes(product));
  return textOf(flag?.['label'], 100);
}

function impactOf(vulnerability: Foreign, product: string): string | undefined {
  const threat = objectsOf(vulnerability['threats'], 1000).find(
    ({ category, product_ids: ids }) => category === 'impact' && (ids === undefined || (Array.isArray(ids) && ids.includes(product))),
  );
  return textOf(threat?.['details'], 1000);
}
