import type { VexStatus } from './vex.ts';

/** Media type of a document; where one is signed (DSSE), its payload type. */
export const vexMediaType = 'application/vnd.openvex+json';

/** What is said of one vulnerability in one product. */
export interface VexSaying {
  /** CVE where there is one. */
  readonly vulnerability: string;
  /** Its other names. */
  readonly aliases: readonly string[];
  /** Where it is: a package URL or a web address. */
  readonly product: string;
  /** Package URLs of the affected versions that are in use there; the whole product where there is none. */
  readonly parts: readonly string[];
  readonly status: VexStatus;
  readonly reason?: string;
  readonly fixedIn?: string;
  readonly at: string;
}

/** Whose document it is. */
export interface VexHead {
  /** The same one for what takes the place of an earlier document. */
  readonly id: string;
  readonly author: string;
  readonly at: string;
}

/** An OpenVEX 0.2.0 document (github.com/openvex/spec, OPENVEX-SPEC.md). */
export function openVexOf({ id, author, at }: VexHead, sayings: readonly VexSaying[]): object {
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

/** What is not affected says why, and what is affected says what to do: a document without that is not valid. */
function wordsOf({ status, reason, fixedIn }: Pick<VexSaying, 'status' | 'reason' | 'fixedIn'>): object {
  if (status === 'not_affected') return { status, impact_statement: reason ?? 'no reason was given' };
  const notes = reason === undefined ? {} : { status_notes: reason };
  if (status !== 'affected') return { status, ...notes };
  return { status, action_statement: fixedIn === undefined ? 'No version without it is known.' : `Update to ${fixedIn}.`, ...notes };
}
