import type {
  CaseOutcome,
  Flaw,
  Input,
  ItemContent,
  Judgement,
  Known,
  PackedInput,
  PolicyDocument,
  Snapshot,
  Tolerance,
  Waiver,
} from '@throughline/policy';

/** A published policy as it is handed to the thread; its digest is the key under which it stays compiled there. */
export interface PublishedPolicy {
  readonly version: number;
  readonly digest: string;
  readonly document: PolicyDocument;
}

/** What an evaluated item says, its findings still in compressed pages. */
export type PagedContent = Omit<ItemContent, 'findings'> & { readonly pages: readonly Uint8Array[] };

/** The evidence of a subject with paged contents. */
export type PagedKnown = Omit<Known, 'contents'> & { readonly contents: ReadonlyMap<number, PagedContent> };

/** A snapshot that is unpacked and assembled in the thread: both cost time in the size of the findings. */
export type PagedSnapshot = Omit<Snapshot, 'contents' | 'base'> & PagedKnown & { readonly base: 'none' | 'open' | readonly PagedKnown[] };

/** What is to be judged: a snapshot of what is known now, or an input that was kept. */
export interface Order {
  readonly source:
    | { readonly snapshot: PagedSnapshot; readonly tolerance: Tolerance; readonly waivers: readonly Waiver[]; readonly at: string }
    | { readonly skeleton: Uint8Array; readonly pages: ReadonlyMap<string, Uint8Array> };
  readonly policies: readonly PublishedPolicy[];
}

/** A page of an input, compressed. */
export interface KeptPage {
  readonly digest: string;
  readonly body: Uint8Array;
}

/** A judgement with the input that it follows from, packed to be kept. */
export interface Verdict {
  readonly judgement: Judgement;
  readonly input: Omit<PackedInput, 'skeleton' | 'pages'> & { readonly skeleton: Uint8Array; readonly pages: readonly KeptPage[] };
  readonly evaluator: Input['evaluator'];
  readonly items: readonly number[];
  readonly dataAsOf?: string;
}

/** What reading a policy document gave: a policy with the outcome of its cases, or its flaws. */
export type Reading = { readonly policy: PublishedPolicy; readonly cases: readonly CaseOutcome[] } | { readonly flaws: readonly Flaw[] };

/** What the thread is asked, and what it answers. */
export interface Questions {
  open: { ask: Order; answer: { readonly policies: number } };
  evaluateAll: { ask: undefined; answer: boolean };
  evaluate: { ask: number; answer: boolean };
  skip: { ask: { readonly index: number; readonly why: string }; answer: boolean };
  conclude: { ask: undefined; answer: Verdict };
  show: { ask: undefined; answer: string };
  read: { ask: { readonly text: string; readonly version: number }; answer: Reading };
}

export type Question = keyof Questions;
