import { make, ChangeProposed, ChangePushed } from '@throughline/contracts';
import type { ScmFact, Translation } from '@throughline/scm';

type Told<T extends ScmFact['type']> = Extract<ScmFact, { type: T }>;
/** A fact with all that its class asks for. */
export type CompleteFact =
  | Exclude<ScmFact, Told<'change.pushed' | 'change.proposed'>>
  | { readonly type: 'change.pushed'; readonly fields: ChangePushed }
  | { readonly type: 'change.proposed'; readonly fields: ChangeProposed };

/** What is known of a repository beside what a delivery says. */
export interface Origin {
  /** Where its refs are, of those that were asked for. */
  readonly refs?: ReadonlyMap<string, string>;
  readonly defaultBranch?: string;
}

/** The fact with what its provider left out; undefined when the origin does not have it. */
export function completed(fact: ScmFact, origin: Origin): CompleteFact | undefined {
  if (fact.type === 'change.pushed') return completedPush(fact, origin);
  if (fact.type !== 'change.proposed') return fact;
  const base = fact.fields.base ?? origin.refs?.get(fact.fields.baseRef);
  if (base === undefined) return undefined;
  const defaultBranch = fact.fields.defaultBranch ?? origin.defaultBranch ?? likely(fact.fields.baseRef);
  return { type: fact.type, fields: make(ChangeProposed, { ...fact.fields, base, defaultBranch }) };
}

/** Asked, the origin says which commit a tag names: some providers tell the id of the tag itself. */
function completedPush({ type, fields }: Told<'change.pushed'>, { refs, defaultBranch: known }: Origin): CompleteFact | undefined {
  const after = refs && fields.ref.startsWith('refs/tags/') ? refs.get(fields.ref) : fields.after;
  if (after === undefined) return undefined;
  return { type, fields: make(ChangePushed, { ...fields, after, defaultBranch: fields.defaultBranch ?? known ?? likely(fields.ref) }) };
}

/** Until the origin was looked at: what git and nearly everybody calls it. */
function likely(ref: string): string {
  return ref === 'refs/heads/master' ? 'master' : 'main';
}

/** The refs of the origin that decide whether a delivery counts, and complete it; tags also as the commits that they name. */
export function refsFor(translation: Translation): string[] {
  if ('ignored' in translation) return [];
  return translation.facts.flatMap(({ type, fields }) => {
    if (type === 'change.pushed') return fields.ref.startsWith('refs/tags/') ? [fields.ref, `${fields.ref}^{}`] : [fields.ref];
    return type === 'change.proposed' ? [fields.baseRef] : [];
  });
}
