import { encodeValue, envelopeFor, factMeta, type DeliveredFact, type FactClass, type NewFact } from '@throughline/contracts';
import type { Candidate, ToldFact } from './candidate.ts';

/** The JSON of facts that were found publishable, while they are there: it is made and checked once. */
export const encodedFacts = new WeakMap<ToldFact, string>();

/** The facts of a delivery as they are published: the same again when it is replayed unchanged. */
export function draftsOf({
  id,
  receivedAt,
  outcome,
  traceparent,
}: Pick<Candidate, 'id' | 'receivedAt' | 'outcome' | 'traceparent'>): NewFact[] {
  return outcome.facts.map((fact) => ({
    fact,
    value: encodedFacts.get(fact) ?? encodeValue(fact),
    deliveryKey: id,
    time: receivedAt,
    ...(traceparent === undefined ? {} : { traceparent }),
  }));
}

/** What is kept of facts beside their delivery. */
export function deliveredFacts(drafts: readonly NewFact[]): DeliveredFact[] {
  return drafts.map((draft) => {
    const meta = factMeta(draft.fact.constructor as FactClass);
    return { id: idOf(draft), type: meta.type, subject: meta.subject(draft.fact) };
  });
}

/** Facts of a better translation say which ones of the former they replace; unchanged ones are the same facts. */
export function superseding(drafts: readonly NewFact[], former: readonly DeliveredFact[]): NewFact[] {
  const told = new Set(deliveredFacts(drafts).map(({ id }) => id));
  const replaced = former.filter(({ id }) => id !== undefined && !told.has(id));
  return drafts.map((draft) => {
    const { type } = factMeta(draft.fact.constructor as FactClass);
    if (former.some(({ id }) => id === idOf(draft))) return draft;
    const index = replaced.findIndex((fact) => fact.type === type);
    const [supersedes] = index < 0 ? [] : replaced.splice(index, 1);
    return supersedes?.id === undefined ? draft : { ...draft, supersedes: supersedes.id };
  });
}

function idOf(draft: NewFact): string {
  return envelopeFor(draft, draft.value ?? JSON.stringify(draft.fact)).id;
}
