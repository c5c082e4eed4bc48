import { canonicalJson, digestOf } from './canonical.ts';
import { worstFirst, type FactFinding } from './facts.ts';
import type { Input } from './input.ts';

/** Findings in one page. */
export const pageSize = 500;

/** An input cut into pages that are named by their content, so that inputs share what did not change. */
export interface PackedInput {
  /** Digest of `skeleton`: it covers the pages by their digests. */
  readonly digest: string;
  /** Digest of everything but the time: equal when nothing was learnt. */
  readonly known: string;
  /** Canonical JSON of the input with page digests in place of the findings. */
  readonly skeleton: string;
  readonly pages: readonly { readonly digest: string; readonly body: string }[];
}

type Skeleton = Omit<Input, 'facts'> & { readonly facts: Omit<Input['facts'], 'findings'> & { readonly findings: readonly string[] } };

/** A page does not hold all that the skeleton says, or another content. */
export class InputDamaged extends Error {
  readonly code = 'input_damaged';
}

/** Packs an input. What is old is paged apart from what is new, in the order of ids: one more finding changes one page. */
export function packInput(input: Input): PackedInput {
  const { findings } = input.facts;
  const pages = [...pagesOf(findings.filter((finding) => finding.new)), ...pagesOf(findings.filter((finding) => !finding.new))];
  const skeleton: Skeleton = { ...input, facts: { ...input.facts, findings: pages.map(({ digest }) => digest) } };
  return { digest: digestOf(skeleton), known: digestOf({ ...skeleton, at: undefined }), skeleton: canonicalJson(skeleton), pages };
}

/** Restores the input; throws `InputDamaged` when a page is missing or not the one that was packed. */
export function unpackInput(skeleton: string, pages: ReadonlyMap<string, string>): Input {
  const { facts, ...rest } = JSON.parse(skeleton) as Skeleton;
  const findings = facts.findings.flatMap((digest) => {
    const body = pages.get(digest);
    if (body === undefined) throw new InputDamaged(`the page ${digest} of the input is not kept any more`);
    const page = JSON.parse(body) as readonly FactFinding[];
    if (digestOf(page) !== digest) throw new InputDamaged(`the page ${digest} of the input has another content`);
    return page;
  });
  return { ...rest, facts: { ...facts, findings: worstFirst(findings) } };
}

function pagesOf(findings: readonly FactFinding[]): PackedInput['pages'] {
  const ordered = [...findings].sort((a, b) => (a.id < b.id ? -1 : 1));
  const pages = [];
  for (let start = 0; start < ordered.length; start += pageSize) {
    const page = ordered.slice(start, start + pageSize);
    pages.push({ digest: digestOf(page), body: canonicalJson(page) });
  }
  return pages;
}
