import type { ServiceName } from './services.ts';

/** A class of facts; instances are plain data without constructor arguments. */
export type FactClass<F extends object = object> = new () => F;

/** What a fact class declares about itself, once, beside its fields. */
export interface FactMeta<F extends object = object> {
  /** CloudEvents type without prefix and version, `<subject>.<past participle>`. */
  readonly type: string;
  /** Subject of the topic; the topic is `throughline.<topic>.v1`. */
  readonly topic: string;
  /** The only service that may write this fact. */
  readonly writer: ServiceName;
  /** Record key: order holds per key. */
  readonly key: (fact: F) => string;
  /** What the fact is about (CloudEvents `subject`). */
  readonly subject: (fact: F) => string;
  /** Chain keys that this fact brings into being. */
  readonly makes: (fact: F) => readonly string[];
  /** Chain keys out of which it was made; the edge to their makers is of kind *made*. */
  readonly madeFrom: (fact: F) => readonly string[];
  /** Later facts of the same key wait behind a failed one. False for self-contained facts. */
  readonly ordered: boolean;
}

type Declaration<F extends object> = Omit<FactMeta<F>, 'makes' | 'madeFrom' | 'ordered'> &
  Partial<Pick<FactMeta<F>, 'makes' | 'madeFrom' | 'ordered'>>;

const metas = new Map<FactClass, FactMeta>();

/** Declares a fact class: topic, key, writer, chain keys. */
export function Fact<F extends object>(declared: Declaration<F>): (target: FactClass<F>) => void {
  return (target) => {
    const meta: FactMeta<F> = { makes: () => [], madeFrom: () => [], ordered: false, ...declared };
    if (findFact(meta.type)) throw new Error(`two fact classes declare the type ${meta.type}`);
    metas.set(target, meta as unknown as FactMeta);
  };
}

/** The declaration of a class; throws for a class that is no fact. */
export function factMeta<F extends object>(cls: FactClass<F>): FactMeta<F> {
  const meta = metas.get(cls);
  if (!meta) throw new Error(`${cls.name} is not declared with @Fact`);
  return meta;
}

/** All declared fact classes, in order of declaration. */
export function factClasses(): readonly FactClass[] {
  return [...metas.keys()];
}

/** The class that declares a type, e.g. `change.pushed`. */
export function findFact(type: string): FactClass | undefined {
  for (const [cls, meta] of metas) if (meta.type === type) return cls;
  return undefined;
}

/** The repository that a fact names as its own or as its subject's. */
export function repositoryOf(fact: object): string | undefined {
  const { repository, subject } = fact as { repository?: unknown; subject?: { repository?: unknown } | null };
  const named = repository ?? subject?.repository;
  return typeof named === 'string' ? named : undefined;
}

/** An instance of a fact class with the given fields. */
export function make<F extends object>(cls: FactClass<F>, fields: F): F {
  return Object.assign(new cls(), fields);
}
