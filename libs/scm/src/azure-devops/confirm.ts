import type { ConnectTo } from '../client.ts';
import { at } from '../payload.ts';
import { WebhookRefused, type ScmFact } from '../provider.ts';
import { readAzure } from './client.ts';
import { abandonmentOf, mergeOf, personOf, proposalOf, reviewersOf, reviewOf } from './pull-request.ts';

type OfRequest = Exclude<ScmFact, { type: 'change.pushed' | 'status.posted' }>;

/** Reads at the server what a hook said without proof. What is not so there is left out; the words are the server's. */
export async function confirmByAzure(to: ConnectTo, fullName: string, facts: readonly ScmFact[]): Promise<readonly ScmFact[]> {
  const confirmed = [];
  for (const fact of facts) {
    if (fact.type === 'status.posted') continue;
    confirmed.push(fact.type === 'change.pushed' ? await pushed(to, fullName, fact) : await ofRequest(to, fullName, fact));
  }
  return confirmed.filter((fact) => fact !== undefined);
}

/** Where the ref is, git says; the server says whether there is such a commit, and who brought it. */
async function pushed(to: ConnectTo, fullName: string, fact: Extract<ScmFact, { type: 'change.pushed' }>): Promise<ScmFact | undefined> {
  if (!fact.fields.ref.startsWith('refs/heads/')) return fact;
  const found = await readAzure(to, fullName, 'commits', fact.fields.after);
  if (at(found, 'commitId') !== fact.fields.after) return undefined;
  return { ...fact, fields: { ...fact.fields, pusher: personOf(at(found, 'push', 'pushedBy')) } };
}

async function ofRequest(to: ConnectTo, fullName: string, fact: OfRequest): Promise<ScmFact | undefined> {
  const found = await readAzure(to, fullName, 'pullrequests', String(fact.fields.number));
  try {
    return found === undefined ? undefined : borneOut(found, fact);
  } catch (error) {
    // The server's answer lacks what the fact is about.
    if (error instanceof WebhookRefused) return undefined;
    throw error;
  }
}

function borneOut(found: unknown, fact: OfRequest): ScmFact | undefined {
  const { repository, source, number } = fact.fields;
  const request = { repository, source, number };
  if (fact.type === 'change.proposed') {
    const fields = proposalOf(found, request);
    return fields.head === fact.fields.head ? { type: fact.type, fields: { ...fields, url: fact.fields.url } } : undefined;
  }
  if (fact.type === 'change.abandoned') {
    return at(found, 'status') === 'abandoned' ? { type: fact.type, fields: abandonmentOf(found, request) } : undefined;
  }
  if (fact.type === 'change.merged') {
    const fields = mergeOf(found, request);
    return at(found, 'status') === 'completed' && fields.commit === fact.fields.commit ? { type: fact.type, fields } : undefined;
  }
  const voter = reviewersOf(found).find((reviewer) => personOf(reviewer) === fact.fields.reviewer);
  const fields = reviewOf(found, request, voter);
  return fields.commit === fact.fields.commit && fields.state === fact.fields.state ? { type: fact.type, fields } : undefined;
}
