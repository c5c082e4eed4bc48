import { VexUnsayable, whatToDo, whyNot, type VexFormat, type VexHead, type VexSaying } from './vex-saying.ts';
import type { VexStatus } from './vex.ts';

/** CSAF 2.0, profile VEX (OASIS CSAF 2.0, section 4.5). */
export const csafVex: VexFormat = { mediaType: 'application/csaf+json', extension: 'csaf.json', write: csafOf };

const words: Readonly<Record<VexStatus, string>> = {
  not_affected: 'known_not_affected',
  affected: 'known_affected',
  fixed: 'fixed',
  under_investigation: 'under_investigation',
};
const cve = /^CVE-\d{4}-\d{4,}$/;

function csafOf({ id, author, at }: VexHead, sayings: readonly VexSaying[]): object {
  if (sayings.length === 0) throw new VexUnsayable('CSAF has no document that says nothing: the filters find no vulnerability');
  const products = new Products();
  const vulnerabilities = [...Map.groupBy(sayings, ({ vulnerability }) => vulnerability).values()].map((same) =>
    vulnerabilityOf(same, products),
  );
  const revision = { date: at, number: '1' };
  return {
    document: {
      ...{ category: 'csaf_vex', csaf_version: '2.0', title: `What is said of vulnerabilities: ${author}` },
      publisher: { category: 'vendor', name: author, namespace: new URL(id).origin },
      tracking: {
        ...{ id: id.slice(id.lastIndexOf('/') + 1), status: 'final', version: revision.number },
        ...{ initial_release_date: at, current_release_date: at, revision_history: [{ ...revision, summary: 'Exported.' }] },
        generator: { engine: { name: 'Throughline' } },
      },
    },
    product_tree: products.tree(),
    vulnerabilities,
  };
}

/** One vulnerability is told once, of all products. */
function vulnerabilityOf(same: readonly VexSaying[], products: Products): object {
  const { vulnerability } = same[0]!;
  const aliases = [...new Set(same.flatMap((saying) => saying.aliases))];
  const ids = [...(cve.test(vulnerability) ? [] : [vulnerability]), ...aliases];
  const told = new Set<string>();
  const of = same
    .map((saying) => ({ ...saying, ids: products.idsOf(saying).filter((id) => !told.has(id) && told.add(id)) }))
    .filter((saying) => saying.ids.length > 0);
  const status: Record<string, string[]> = {};
  for (const saying of of) (status[words[saying.status]] ??= []).push(...saying.ids);
  const threats = of.flatMap((saying) =>
    saying.status === 'not_affected' ? [{ category: 'impact', details: whyNot(saying), product_ids: saying.ids }] : [],
  );
  const remediations = of.flatMap((saying) =>
    saying.status === 'affected'
      ? [{ category: saying.fixedIn === undefined ? 'none_available' : 'vendor_fix', details: whatToDo(saying), product_ids: saying.ids }]
      : [],
  );
  return {
    ...(cve.test(vulnerability) && { cve: vulnerability }),
    ...(ids.length > 0 && { ids: ids.map((text) => ({ system_name: text.split('-', 1)[0], text })) }),
    notes: [{ category: 'summary', text: `Whether ${vulnerability} affects the products, and why it does not.` }],
    product_status: status,
    ...(threats.length > 0 && { threats }),
    ...(remediations.length > 0 && { remediations }),
  };
}

/** Products, their parts, and the parts as they are in the products, each under an id of its own. */
class Products {
  private readonly names = new Map<string, string>();
  private readonly relations = new Map<string, object>();

  idsOf({ product, parts }: VexSaying): readonly string[] {
    return parts.length === 0 ? [this.named(product)] : parts.map((part) => this.related(part, product));
  }

  tree(): object {
    const full_product_names = [...this.names].map(([name, product_id]) => ({
      ...{ name, product_id },
      ...(name.startsWith('pkg:') && { product_identification_helper: { purl: name } }),
    }));
    return { full_product_names, ...(this.relations.size > 0 && { relationships: [...this.relations.values()] }) };
  }

  private named(name: string): string {
    const id = this.names.get(name) ?? `P${this.names.size + 1}`;
    this.names.set(name, id);
    return id;
  }

  private related(part: string, product: string): string {
    const [product_reference, relates_to_product_reference] = [this.named(part), this.named(product)];
    const product_id = `${product_reference}-in-${relates_to_product_reference}`;
    const full_product_name = { name: `${part} in ${product}`, product_id };
    this.relations.set(product_id, {
      ...{ category: 'default_component_of', full_product_name, product_reference, relates_to_product_reference },
    });
    return product_id;
  }
}
