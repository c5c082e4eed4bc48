import {
  chainIdOf,
  ChangePushed,
  DecisionMade,
  encodeValue,
  envelopeOf,
  EvidencePlanned,
  EvidenceReceived,
  EvidenceRefused,
  factMeta,
  FindingsEvaluated,
  repositoryOf,
  SbomReceived,
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
  readonly repository?: string;
  readonly root?: Root;
  /** Id of the chain: of the root, else what the emitter believes. */
  readonly chain?: string;
  readonly ref?: string;
  /** Result of the gate, with the revision by which a later one wins. */
  readonly decided?: { readonly result: string; readonly revision: number };
  readonly baseline: boolean;
  readonly application: string;
}

/** Reads everything that the chain keeps off a received fact. */
export function recordedFact(fact: object): RecordedFact {
  const meta = factMeta(fact.constructor as FactClass);
  const envelope = envelopeOf(fact);
  const root = rootOf(fact);
  const repository = repositoryOf(fact);
  return {
    envelope,
    type: shortType(envelope.type) ?? envelope.type,
    payload: encodeValue(fact),
    service: meta.writer,
    told: tellFact(fact, meta.type),
    makes: meta.makes(fact),
    madeFrom: meta.madeFrom(fact),
    assurance: assuranceOf(fact),
    application: applicationOf(fact),
    baseline: fact instanceof EvidencePlanned && fact.subject.baseline === true,
    ...(repository === undefined ? {} : { repository }),
    ...(root ? { root } : {}),
    ...chainOf(root, envelope),
    ...(fact instanceof ChangePushed ? { ref: fact.ref } : {}),
    ...(fact instanceof DecisionMade && fact.gate === 'change' ? { decided: { result: fact.result, revision: fact.revision } } : {}),
  };
}

/** What a source signed for its own repositories is bound; what our services made is our own. */
function assuranceOf(fact: object): RecordedFact['assurance'] {
  if (fact instanceof ScanCompleted || fact instanceof EvidenceReceived || fact instanceof EvidenceRefused) return fact.assurance;
  if (fact instanceof SbomReceived) return fact.assurance;
  if (fact instanceof FindingsEvaluated) return fact.assurance ?? 'own';
  return factMeta(fact.constructor as FactClass).topic === 'change' ? 'bound' : 'own';
}

/** `correlationid` is a hint, good enough where a fact names no commit. */
function chainOf(root: Root | undefined, { correlationid }: Envelope): { chain?: string } {
  if (root) return { chain: chainIdOf(root.repository, root.commit) };
  return correlationid && /^[0-9a-f]{64}$/.test(correlationid) ? { chain: correlationid } : {};
}

function applicationOf(fact: object): string {
  const { application } = fact as { application?: unknown };
  return typeof application === 'string' && application !== '' ? application : 'unassigned';
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
