import { encodeValue, FactRefused, type FactClass } from '@throughline/contracts';
import { WebhookRefused, type ScmFact, type Translation } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';
import { scopeCovers } from '../sources/scope.ts';
import type { Outcome } from './candidate.ts';

/** Stands for the address of a source that nobody has told yet: no repository lies there. */
const nowhere = 'https://unknown.invalid';

/**
 * What a verified delivery means for us. The translation is the provider's; whether the source may say so is decided here:
 * facts outside of its scope or its kind are dropped.
 */
export function interpret(source: KnownSource, event: string, payload: unknown): Outcome {
  const translation = source.provider.webhook.translate(event, payload, { source: source.id, baseUrl: source.baseUrl ?? nowhere });
  if ('ignored' in translation) return { status: 'ignored', reason: translation.ignored, facts: [] };
  const refusal = refusalOf(source, translation);
  if (refusal !== undefined) return { status: 'refused', reason: refusal, facts: [] };
  for (const fact of translation.facts) refuseUnpublishable(fact);
  return { status: 'accepted', repository: translation.repository, facts: translation.facts };
}

function refusalOf(source: KnownSource, { repository, facts }: Extract<Translation, { facts: unknown }>): string | undefined {
  if (!scopeCovers(source.scope, repository)) return `refused: out of scope: the source may not speak about ${repository.fullName}`;
  const ofOthers = facts.find(
    (fact) => fact.repository !== repository.id || !source.provider.facts.includes(fact.constructor as FactClass),
  );
  return (
    ofOthers &&
    `refused: out of scope: a ${source.provider.name} source may not say ${ofOthers.constructor.name} about ${ofOthers.repository}`
  );
}

/** A fact that could not leave would take the batch along that carries it. */
function refuseUnpublishable(fact: ScmFact): void {
  try {
    encodeValue(fact);
  } catch (error) {
    if (error instanceof FactRefused) throw new WebhookRefused('malformed', `the payload cannot become a fact: ${error.message}`);
    throw error;
  }
}
