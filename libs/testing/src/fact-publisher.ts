import { encodeHeaders, encodeValue, envelopeFor, factMeta, topicName, type FactClass, type NewFact } from '@throughline/contracts';
import { Broker } from './broker.ts';
import type { Infra, Platform } from './infra.ts';

/** A fact whose writer knows of a removal of its repository. */
export type PublishedFact = NewFact & { readonly afterremoval?: number };

/** Writes facts as their owners would, for tests of one service alone. */
export class FactPublisher {
  private readonly broker: Broker;

  constructor(
    infra: Infra,
    private readonly platform: Pick<Platform, 'prefix'>,
  ) {
    this.broker = new Broker(infra);
  }

  async publish(...facts: readonly PublishedFact[]): Promise<void> {
    for (const [topic, drafts] of Map.groupBy(facts, ({ fact }) => factMeta(fact.constructor as FactClass).topic)) {
      await this.broker.send(topicName(topic, this.platform.prefix), ...drafts.map(recordOf));
    }
  }
}

function recordOf({ afterremoval, ...draft }: PublishedFact): { key: string; value: string; headers: Record<string, string> } {
  const value = encodeValue(draft.fact);
  const key = factMeta(draft.fact.constructor as FactClass).key(draft.fact);
  return { key, value, headers: encodeHeaders({ ...envelopeFor(draft, value), ...(afterremoval && { afterremoval }) }) };
}
