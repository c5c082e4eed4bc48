import { topics } from '@throughline/contracts';
import { Broker, type Infra, type SeenRecord } from '@throughline/testing';

/** A fact on the broker, at the place of its first arrival. */
export interface TransportedFact {
  readonly id: string;
  /** Short, as `change.pushed`. */
  readonly type: string;
  readonly key: string;
  readonly subject: string;
  readonly sequence: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What lies on the broker: each fact once, however often its relay had to send it, in the order of its partition. */
export class TransportedFacts {
  private constructor(readonly all: readonly TransportedFact[]) {}

  static async read(infra: Infra, prefix: string): Promise<TransportedFacts> {
    const broker = new Broker(infra);
    const facts = new Map<string, TransportedFact>();
    for (const { topic } of topics()) {
      for (const record of await broker.records(prefix + topic)) {
        const fact = factOf(record);
        if (fact && !facts.has(fact.id)) facts.set(fact.id, fact);
      }
    }
    return new TransportedFacts([...facts.values()]);
  }

  of(type: string): readonly TransportedFact[] {
    return this.all.filter((fact) => fact.type === type);
  }

  /** Pairs of neighbours about one subject under one key whose sequence went back. */
  inversions(): readonly string[] {
    const last = new Map<string, number>();
    return this.all.flatMap(({ type, key, subject, sequence, id }) => {
      if (sequence === undefined) return [];
      const stream = [type, key, subject].join(' ');
      const before = last.get(stream) ?? sequence;
      last.set(stream, Math.max(before, sequence));
      return sequence < before ? [`${stream}: ${id} has ${sequence} after ${before}`] : [];
    });
  }
}

/** Undefined for a record that is no fact. */
function factOf({ key, value, headers }: SeenRecord): TransportedFact | undefined {
  const { ce_id: id, ce_type: type, ce_subject: subject, ce_sequence: sequence } = headers;
  if (id === undefined || type === undefined || subject === undefined) return undefined;
  const body = JSON.parse(value) as Record<string, unknown>;
  const short = type.replace(/^dev\.throughline\./, '').replace(/\.v1$/, '');
  return { id, type: short, key, subject, sequence: sequence === undefined ? undefined : Number(sequence), body };
}
