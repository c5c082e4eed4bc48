import { objectOf, textOf, type Foreign } from '../foreign.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { instantOf, listOf, namesOf, VexLines, type Path } from './vex-fields.ts';
import { mostVexStatements, vexStatuses, type VexDocument } from './vex.ts';

/** OpenVEX 0.0.1 to 0.2.0. */
export function openVexIn(document: Foreign): VexDocument {
  const id = textOf(document['@id'], 500);
  const author = textOf(document['author'], 300);
  if (id === undefined || author === undefined)
    throw new ReportRefused('an OpenVEX document has an @id and an author', { pointer: id === undefined ? '/@id' : '/author' });
  const lines = new VexLines();
  listOf(document['statements'], ['statements'], mostVexStatements).forEach((one, index) =>
    take(objectOf(one) ?? {}, ['statements', index], lines),
  );
  // A document before 0.2.0 may say its time only in its statements.
  const at = instantOf(document['last_updated']) ?? instantOf(document['timestamp']);
  return { format: 'openvex', id, author, ...(at !== undefined && { at }), lines: lines.all };
}

function take(statement: Foreign, path: Path, lines: VexLines): void {
  const vulnerability = objectOf(statement['vulnerability']);
  const aliases = Array.isArray(vulnerability?.['aliases']) ? (vulnerability['aliases'] as unknown[]) : [];
  const word = textOf(statement['status'], 40)?.toLowerCase();
  const said = {
    names: namesOf(vulnerability ? (vulnerability['name'] ?? vulnerability['@id']) : statement['vulnerability'], aliases),
    status: vexStatuses.find((status) => status === word),
    justification: textOf(statement['justification'], 100),
    reason: textOf(statement['impact_statement'] ?? statement['status_notes'], 1000),
    at: instantOf(statement['last_updated']) ?? instantOf(statement['timestamp']),
  };
  const products = listOf(statement['products'], [...path, 'products'], mostVexStatements);
  if (products.length === 0) lines.add({ ...said, product: undefined, component: undefined }, path);
  products.forEach((value, index) => {
    const product = identifierOf(value);
    const parts = listOf(objectOf(value)?.['subcomponents'], [...path, 'products', index, 'subcomponents'], mostVexStatements);
    if (parts.length === 0) lines.add({ ...said, product, component: undefined }, [...path, 'products', index]);
    parts.forEach((part, at) => {
      // A part that cannot be read must not widen the sentence to the whole product.
      const component = identifierOf(part);
      lines.add({ ...said, product: component === undefined ? undefined : product, component }, [
        ...[...path, 'products', index],
        ...['subcomponents', at],
      ]);
    });
  });
}

/** Before 0.2.0 a product is its identifier itself. */
function identifierOf(value: unknown): string | undefined {
  const object = objectOf(value);
  return textOf(objectOf(object?.['identifiers'])?.['purl'], 1024) ?? textOf(object ? object['@id'] : value, 1024);
}
