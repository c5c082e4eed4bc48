import { make, ChangeProposed } from '@throughline/contracts';
import type { ScmFact, Translation } from '@throughline/scm';

type Proposal = Extract<ScmFact, { type: 'change.proposed' }>;
/** A fact with all that its class asks for. */
export type CompleteFact = Exclude<ScmFact, Proposal> | { readonly type: 'change.proposed'; readonly fields: ChangeProposed };

/** The fact with what its provider left out, from the refs of the origin; undefined when they do not have it. */
export function completed(fact: ScmFact, refs: ReadonlyMap<string, string> | undefined): CompleteFact | undefined {
  if (fact.type !== 'change.proposed') return fact;
  const base = fact.fields.base ?? refs?.get(fact.fields.baseRef);
  return base === undefined ? undefined : { type: fact.type, fields: make(ChangeProposed, { ...fact.fields, base }) };
}

/** The refs of the origin that decide whether a delivery counts, and complete it. */
export function refsFor(translation: Translation): string[] {
  if ('ignored' in translation) return [];
  return translation.facts.flatMap(({ type, fields }) => {
    if (type === 'change.pushed') return [fields.ref];
    return type === 'change.proposed' ? [fields.baseRef] : [];
  });
}
