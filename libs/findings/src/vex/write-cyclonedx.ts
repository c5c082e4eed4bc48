import { createHash } from 'node:crypto';
import { parsePurl } from '@throughline/versions';
import { VexUnsayable, whatToDo, whyNot, type VexFormat, type VexHead, type VexSaying } from './vex-saying.ts';
import type { VexStatus } from './vex.ts';

/** CycloneDX 1.6 with analyses (ECMA-424, section on vulnerabilities): of one product, as a bill of materials is. */
export const cyclonedxVex: VexFormat = { mediaType: 'application/vnd.cyclonedx+json', extension: 'vex.cdx.json', write: cyclonedxOf };

const states: Readonly<Record<VexStatus, string>> = {
  not_affected: 'not_affected',
  affected: 'exploitable',
  fixed: 'resolved',
  under_investigation: 'in_triage',
};

function cyclonedxOf({ id, author, at }: VexHead, sayings: readonly VexSaying[]): object {
  const [product, ...others] = [...new Set(sayings.map((saying) => saying.product))];
  if (others.length > 0)
    throw new VexUnsayable(
      `CycloneDX speaks of one product, and this is of ${others.length + 1}: narrow the filters, or take OpenVEX or CSAF`,
    );
  const parts = [...new Set(sayings.flatMap((saying) => saying.parts))];
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(id), version: Math.floor(Date.parse(at) / 1000) },
    metadata: {
      timestamp: at,
      tools: { components: [{ type: 'application', name: 'Throughline' }] },
      authors: [{ name: author }],
      ...(product !== undefined && { component: { type: 'application', 'bom-ref': product, name: product, ...purlOf(product) } }),
    },
    components: parts.map(componentOf),
    vulnerabilities: sayings.map(vulnerabilityOf),
  };
}

function vulnerabilityOf({ vulnerability, aliases, product, parts, at, ...said }: VexSaying): object {
  const detail = said.status === 'not_affected' ? whyNot(said) : said.reason;
  return {
    id: vulnerability,
    ...(aliases.length > 0 && { references: aliases.map((alias) => ({ id: alias, source: { name: alias.split('-', 1)[0] } })) }),
    ...(said.status === 'affected' && { recommendation: whatToDo(said) }),
    analysis: { state: states[said.status], ...(detail !== undefined && { detail }), lastUpdated: at },
    affects: (parts.length > 0 ? parts : [product]).map((ref) => ({ ref })),
  };
}

function componentOf(purl: string): object {
  const { namespace, name = purl, version } = parsePurl(purl) ?? {};
  return {
    ...{ type: 'library', 'bom-ref': purl, ...(namespace !== undefined && { group: namespace }), name },
    ...(version !== undefined && { version }),
    ...purlOf(purl),
  };
}

function purlOf(text: string): { purl?: string } {
  return text.startsWith('pkg:') ? { purl: text } : {};
}

/** A UUID (version 8, RFC 9562 section 5.8) that stands for an address. */
function serialOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
