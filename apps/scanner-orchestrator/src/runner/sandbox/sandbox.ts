/** What a sandbox proves to hold; part of the key of cached results. */
export type SandboxLevel = 'namespaces' | 'none';

/** A file or folder of the host that is visible in the box, read only. */
export interface Visible {
  readonly host: string;
  readonly inside: string;
}

/** Bounds of one process tree. */
export interface Limits {
  readonly wallMs: number;
  readonly cpuSeconds: number;
  /** Resident memory of the whole tree; checked four times a second. */
  readonly memoryBytes: number;
  /** What it may write to standard output. */
  readonly outputBytes: number;
  /** Room for temporary files, in memory. */
  readonly tmpBytes: number;
  readonly processes: number;
  readonly openFiles: number;
}

/** What to run, and what of the host it sees. */
export interface BoxRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly visible: readonly Visible[];
  readonly limits: Limits;
  /** Two boxes at a time never share one: each slot has a user id of its own. */
  readonly slot: number;
}

/** A command of the host that puts another one into a box. */
export interface Wrapped {
  readonly argv: readonly string[];
}

/** A way to keep a process from everything that is not named in its request. */
export interface Sandbox {
  readonly level: SandboxLevel;
  /** Which means it uses, for people. */
  readonly means: string;
  /** The path under which a visible part of the host is seen inside. */
  inside(visible: Visible): string;
  wrap(request: BoxRequest): Wrapped;
}

/** Scanners run under one of these ids when the platform is root; nothing else of the platform does. */
export const firstScannerUid = 62_000;
