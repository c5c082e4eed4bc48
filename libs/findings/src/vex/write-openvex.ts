import { whatToDo, whyNot, type VexFormat, type VexHead, type VexSaying } from './vex-saying.ts';

/** OpenVEX 0.2.0 (github.com/openvex/spec, OPENVEX-SPEC.md). */
export const openVex: VexFormat = { mediaType: 'application/vnd.openvex+json', extension: 'openvex.json', write: openVexOf };

function openVexOf({ id, author, at }: VexHead, sayings: readonly VexSaying[]): object {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': id,
    author,
    timestamp: at,
    // It rises from one document to the next.
    version: Math.floor(Date.parse(at) / 1000),
    tooling: 'Throughline',
    statements: sayings.map(statementOf),
  };
}

function statementOf({ vulnerability, aliases, product, parts, at, ...said }: VexSaying): object {
  return {
    vulnerability: { name: vulnerability, ...(aliases.length > 0 && { aliases }) },
    timestamp: at,
    products: [{ '@id': product, ...(parts.length > 0 && { subcomponents: parts.map(partOf) }) }],
    ...wordsOf(said),
  };
}

function partOf(purl: string): object {
  return { '@id': purl, ...(purl.startsWith('pkg:') && { identifiers: { purl } }) };
}

function wordsOf({ status, ...said }: Pick<VexSaying, 'status' | 'reason' | 'fixedIn'>): object {
  if (status === 'not_affected') return { status, impact_statement: whyNot(said) };
  const notes = said.reason === undefined ? {} : { status_notes: said.reason };
  return { status, ...(status === 'affected' && { action_statement: whatToDo(said) }), ...notes };
}
