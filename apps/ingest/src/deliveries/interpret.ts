import { encodeValue, FactRefused, findFact, make, type FactClass } from '@throughline/contracts';
import { WebhookRefused, type ScmFact, type ScmFactType, type Translation } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';
import { scopeCovers } from '../sources/scope.ts';
import type { Outcome, ToldFact } from './candidate.ts';

/**
 * What a verified and translated delivery means for us. The words are the provider's; whether the source may say so is
 * decided here: facts outside of its scope or its kind are dropped.
 */
export function interpret(source: KnownSource, translation: Translation): Outcome {
  if ('ignored' in translation) return { status: 'ignored', reason: translation.ignored, facts: [] };
  const refusal = refusalOf(source, translation);
  if (refusal !== undefined) return { status: 'refused', reason: refusal, facts: [] };
  const { repository, facts, saidAt } = translation;
  return { status: 'accepted', repository, facts: facts.map(publishable), ...(saidAt === undefined ? {} : { saidAt: new Date(saidAt) }) };
}

function refusalOf(source: KnownSource, { repository, facts }: Extract<Translation, { facts: unknown }>): string | undefined {
  if (!scopeCovers(source.scope, repository)) return `refused: out of scope: the source may not speak about ${repository.fullName}`;
  const allowed: readonly ScmFactType[] = source.provider.facts;
  const ofOthers = facts.find(({ type, fields }) => fields.repository !== repository.id || !allowed.includes(type));
  return (
    ofOthers &&
    `refused: out of scope: a ${source.provider.name} source may not say ${ofOthers.type} about ${line(ofOthers.fields.repository)}`
  );
}

function line(text: string): string {
  return text.slice(0, 200);
}

/** The fact as an instance of its class. One that could not leave would take the batch along that carries it. */
function publishable({ type, fields }: ScmFact): ToldFact {
  const fact = make(findFact(type) as FactClass<ToldFact>, fields);
  try {
    encodeValue(fact);
  } catch (error) {
    if (error instanceof FactRefused) throw new WebhookRefused('malformed', `the payload cannot become a fact: ${error.message}`);
    throw error;
  }
  return fact;
}
