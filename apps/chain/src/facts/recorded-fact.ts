import {
  ChangePushed,
  DecisionMade,
  encodeValue,
  envelopeOf,
  EvidencePlanned,
  factMeta,
  ScanCompleted,
  shortType,
  type Envelope,
  type FactClass,
} from '@throughline/contracts';
import { tellFact, type Told } from './telling.ts';

/** The commit that a fact is about, as far as it says so. */
interface Root {
  readonly repository: string;
  readonly commit: string;
}

/** A fact with all that the chain keeps of it; a function of the fact alone. */
export interface RecordedFact {
  readonly envelope: Envelope;
  readonly type: string;
  readonly payload: string;
  readonly service: string;
  readonly told: Told;
  readonly makes: readonly string[];
  readonly madeFrom: readonly string[];
  readonly assurance: 'own' | 'proven' | 'bound' | 'claimed';
  readonly root?: Root;
  readonly repository?: string;
  readonly ref?: string;
  /** Result of the gate, with the revision by which a later one wins. */
  readonly decided?: { readonly result: string; readonly revision: number };
  readonly baseline: boolean;
}

/** Reads everything that the chain keeps off a received fact. */
export function recordedFact(fact: object): RecordedFact {
  const meta = factMeta(fact.constructor as FactClass);
  const envelope = envelopeOf(fact);
  const root = rootOf(fact);
  return {
    envelope,
    type: shortType(envelope.type) ?? envelope.type,
    payload: encodeValue(fact),
    service: meta.writer,
    told: tellFact(fact, meta.type),
    makes: meta.makes(fact),
    madeFrom: meta.madeFrom(fact),
    assurance: assuranceOf(fact),
    baseline: fact instanceof EvidencePlanned && fact.subject.baseline === true,
    ...(root ? { root } : {}),
    ...(root || 'repository' in fact ? { repository: root?.repository ?? (fact as { repository: string }).repository } : {}),
    ...(fact instanceof ChangePushed ? { ref: fact.ref } : {}),
    ...(fact instanceof DecisionMade && fact.gate === 'change' ? { decided: { result: fact.result, revision: fact.revision } } : {}),
  };
}

/** What a source signed for its own repositories is bound; what our services made is our own. */
function assuranceOf(fact: object): RecordedFact['assurance'] {
  if (fact instanceof ScanCompleted) return fact.assurance;
  return factMeta(fact.constructor as FactClass).topic === 'change' ? 'bound' : 'own';
}

function rootOf(fact: object): Root | undefined {
  const { repository, subject, ...rest } = fact as {
    repository?: unknown;
    subject?: unknown;
    after?: unknown;
    commit?: unknown;
    head?: unknown;
  };
  if (typeof subject === 'object' && subject !== null) return rootOf(subject);
  const commit = rest.after ?? rest.commit ?? rest.head;
  return typeof repository === 'string' && typeof commit === 'string' ? { repository, commit } : undefined;
}
