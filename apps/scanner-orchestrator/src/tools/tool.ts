/** A third-party program that the platform installs for a scanner; its bytes are pinned in `tools/<name>/`. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** `npm`: package-lock.json, `pip`: requirements.txt with digests, `go`: go.mod and go.sum, built here. */
  readonly installer: 'npm' | 'pip' | 'go';
  /** Of `go`: the package that makes the program. */
  readonly main?: string;
  /** Of `go`: files beside the lock files that belong to the tool. */
  readonly files?: readonly string[];
  /** File below the installed folder that must be there afterwards. */
  readonly present: string;
  /** It is only installed where somebody asks for it; what it takes on disk. */
  readonly asked?: { readonly megabytes: number };
}

/** The interpreter that Python tools run on. */
export interface Python {
  /** Real path of the interpreter. */
  readonly executable: string;
  /** Folder of its standard library: it must be visible wherever it runs. */
  readonly home: string;
  /** `3.11`. */
  readonly version: string;
}

export interface InstalledTool {
  readonly state: 'installed';
  readonly version: string;
  /** Digest of lock file, platform and interpreter version: what is installed stays valid while it is equal. */
  readonly stamp: string;
  /** Folder of the tool, relative to the tools folder. */
  readonly folder: string;
  /** Digest of the list of all files with their digests (`<folder>.files`). */
  readonly closure: string;
  readonly python?: Python;
}

export interface MissingTool {
  readonly state: 'unavailable';
  readonly reason: string;
  /** What was tried; a network failure is tried again a day later, a changed stamp at once. */
  readonly stamp: string;
  readonly triedAt: string;
}

export type ToolState = InstalledTool | MissingTool;

/** `installed.json` in the tools folder. */
export type ToolStates = Readonly<Record<string, ToolState>>;
