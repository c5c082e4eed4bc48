import { parsePurl } from '@throughline/versions';
import { at, objectOf, objectsOf, textOf, type Foreign } from '../fields.ts';

/** A product as a CSAF document names it. */
export interface Product {
  readonly name: string;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
}

const most = 100_000;

/** The products of a document by their ids: of its branches, of its list, and of what is part of what. */
export function productsIn(tree: Foreign): ReadonlyMap<string, Product> {
  const products = new Map<string, Product>();
  for (const branch of objectsOf(tree['branches'], most)) walk(branch, {}, products);
  for (const product of objectsOf(tree['full_product_names'], most)) keep(products, product, {});
  for (const relationship of objectsOf(tree['relationships'], most)) {
    const whole = objectOf(relationship['full_product_name']);
    const id = textOf(whole?.['product_id'], 1024);
    // It is the package that has the vulnerability, wherever it was put.
    const part = products.get(textOf(relationship['product_reference'], 1024) ?? '');
    if (id !== undefined && part?.purl !== undefined) products.set(id, part);
    else if (whole) keep(products, whole, {});
  }
  return products;
}

interface Above {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** The document was nested no deeper than its reading allows. */
function walk(branch: Foreign, above: Above, products: Map<string, Product>): void {
  const name = textOf(branch['name'], 300);
  const category = textOf(branch['category'], 40);
  const here = category === 'product_name' ? { ...above, name } : category === 'product_version' ? { ...above, version: name } : above;
  const product = objectOf(branch['product']);
  if (product) keep(products, product, here);
  for (const inner of objectsOf(branch['branches'], most)) walk(inner, here, products);
}

function keep(products: Map<string, Product>, product: Foreign, above: Above): void {
  const id = textOf(product['product_id'], 1024);
  if (id === undefined || products.has(id) || products.size >= most) return;
  const helper = at(product['product_identification_helper'], 'purl') ?? firstOf(at(product['product_identification_helper'], 'purls'));
  const purl = textOf(helper, 1024);
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  // A name alone ends in the version, if it has one.
  const full = textOf(product['name'], 500) ?? id;
  const [, bare, release] = /^(.*\S)\s+v?(\d[\w.+-]*)$/.exec(full) ?? [];
  const own = above.name === undefined ? { name: bare ?? full, version: release } : { name: above.name, version: undefined };
  products.set(id, {
    name: (parsed?.name ?? own.name).slice(0, 300),
    version: (parsed?.version ?? above.version ?? own.version)?.slice(0, 200),
    purl: parsed ? purl : undefined,
  });
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[])[0] : undefined;
}
