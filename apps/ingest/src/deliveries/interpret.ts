import { encodeValue, FactRefused, findFact, make, type FactClass } from '@throughline/contracts';
import { WebhookRefused, type ScmFact, type ScmFactType, type Translation } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';
import { scopeCovers } from '../sources/scope.ts';
import type { Outcome, ToldFact } from './candidate.ts';
import { encodedFacts } from './told-facts.ts';
import { completed, type CompleteFact, type Origin } from './completion.ts';

/**
 * What a verified and translated delivery means for us. The words are the provider's; whether the source may say so is
 * decided here: facts outside of its scope or its kind are dropped. What a provider left out is taken from the origin; without
 * that the delivery waits until it was asked.
 */
export function interpret(source: KnownSource, translation: Translation, origin: Origin = {}): Outcome {
  if ('ignored' in translation) return withoutFacts(source, translation);
  const refusal = refusalOf(source, translation);
  if (refusal !== undefined) return { status: 'refused', reason: refusal, facts: [] };
  if (translation.facts.some((fact) => isOwnCheck(source, fact))) return ownCheck;
  if (translation.renaming) return naming;
  if (translation.given) return { ...commanding, ...(translation.unsure ? {} : { repository: translation.repository }) };
  // What is only hinted at makes nothing known, not even its repository.
  if (translation.unsure) return { ...looking, facts: [] };
  const { repository, saidAt } = translation;
  const facts = translation.facts.map((fact) => completed(fact, origin)).filter((fact) => fact !== undefined);
  if (facts.length === 0 || (!origin.refs && facts.length < translation.facts.length)) {
    return { ...(origin.refs ? gone : asking), repository, facts: [] };
  }
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

/** Only of the App whose key is here it can be asked what it may see. */
function withoutFacts({ app }: KnownSource, { ignored, reach }: Extract<Translation, { ignored: string }>): Outcome {
  if (!reach) return { status: 'ignored', reason: ignored, facts: [] };
  if (!app)
    return { status: 'ignored', reason: 'the source has no App: connect the organisation again to take in what came since', facts: [] };
  if (reach.app !== undefined && reach.app !== app.id) return { status: 'ignored', reason: 'it is about another App', facts: [] };
  return { status: 'accepted', reason: ignored, facts: [], reach };
}

/** What our App wrote comes back to it. */
function isOwnCheck({ app }: KnownSource, fact: ScmFact): boolean {
  return fact.type === 'status.posted' && fact.fields.app !== undefined && fact.fields.app === app?.id;
}

function line(text: string): string {
  return text.slice(0, 200);
}

const ownCheck = { status: 'ignored', reason: 'the check run is our own', facts: [] } as const;
const commanding = {
  status: 'checking',
  reason: 'checking: whether whoever wrote this command may give it',
  facts: [],
  commands: true,
} as const;
const naming = { status: 'checking', reason: 'checking: its host is asked what the repository is called now', facts: [] } as const;
const looking = { status: 'checking', reason: 'checking: nothing proves what this says, or it is cut short; the server is asked' } as const;
const asking = { status: 'checking', reason: 'checking: the origin is asked for what the provider does not tell' } as const;
const gone = { status: 'stale', reason: 'stale: the branches or tags that this is about are not at its origin any more' } as const;

/** The fact as an instance of its class. One that could not leave would take the batch along that carries it. */
function publishable({ type, fields }: CompleteFact): ToldFact {
  const fact = make(findFact(type) as FactClass<ToldFact>, fields);
  try {
    encodedFacts.set(fact, encodeValue(fact));
  } catch (error) {
    if (error instanceof FactRefused) throw new WebhookRefused('malformed', `the payload cannot become a fact: ${error.message}`);
    throw error;
  }
  return fact;
}
