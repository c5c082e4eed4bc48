/** A node as it is read, with the keys by which it joins. */
export interface WalkedNode {
  readonly id: string;
  readonly type: string;
  readonly service: string;
  readonly subject: string;
  readonly title: string;
  readonly status: string;
  readonly summary: string;
  readonly assurance: string;
  readonly time: Date;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly makes: readonly string[];
  readonly madeFrom: readonly string[];
}

/** What followed from a commit: its nodes, in the order of time, and the keys among their causes that nobody made. */
export interface Walked {
  /** The commit's key. */
  readonly root: string;
  readonly nodes: readonly WalkedNode[];
  readonly unmade: ReadonlySet<string>;
}
