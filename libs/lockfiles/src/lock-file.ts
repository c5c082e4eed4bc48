import type { Component } from '@throughline/findings';

/** A package as it stands in a lock file. */
export type LockedComponent = Omit<Component, 'purl'>;

/** A package as a lock file has it. */
export interface LockedPackage {
  /** Unique within the lock file. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly line?: number;
  readonly licence?: string;
  /** Ids of what it needs. */
  readonly needs: readonly string[];
}

export interface LockedGraph {
  readonly packages: readonly LockedPackage[];
  /** Ids that the project itself asks for. Undefined when neither lock file nor manifest tells. */
  readonly runtime: readonly string[] | undefined;
  readonly development: readonly string[];
  /** Names that the project asks for, in formats without edges between packages; else what the roots are. */
  readonly direct?: ReadonlySet<string>;
  /** What is asked for without a version that can be told from the files alone. */
  readonly open?: readonly OpenPackage[];
}

/** A package whose version nobody can tell without asking elsewhere. */
export interface OpenPackage {
  readonly name: string;
  readonly line?: number;
  /** Why, in the words that follow the name: `its version comes from …`. */
  readonly reason: string;
}

/** What a reader may look at beside its lock file: files of the tree, by their path from its folder. */
export type Beside = (name: string) => Promise<string | undefined>;

/** A format of lock file. */
export interface LockFormat {
  readonly ecosystem: string;
  /** By name, and by the whole path where the name says too little. */
  readonly matches: (fileName: string, path: string) => boolean;
  readonly read: (text: string, beside: Beside) => Promise<LockedGraph>;
}

/** The lock file is broken or of a version that the reader does not know. */
export class LockFileRefused extends Error {
  readonly code = 'lock_file_refused';
}

/** One component for each package, with a shortest path from what the project asks for. */
export function componentsOf(graph: LockedGraph, ecosystem: string, manifest: string): readonly LockedComponent[] {
  const byId = new Map(graph.packages.map((locked) => [locked.id, locked]));
  const needed = pathsFrom(graph.runtime ?? [], byId);
  const forDevelopment = pathsFrom(graph.development, byId);
  const guessed = graph.runtime === undefined ? pathsFrom(neededByNobody(graph.packages), byId) : undefined;
  return graph.packages.map((locked) => {
    const path = needed.get(locked.id) ?? forDevelopment.get(locked.id) ?? guessed?.get(locked.id);
    return {
      ecosystem,
      name: locked.name,
      version: locked.version,
      manifest,
      direct: path?.length === 1 && (graph.direct?.has(locked.name) ?? true),
      scope: needed.has(locked.id) ? 'runtime' : forDevelopment.has(locked.id) ? 'development' : 'unknown',
      ...(locked.line !== undefined && { line: locked.line }),
      ...(locked.licence !== undefined && { licence: locked.licence }),
      ...(path && path.length > 1 && { via: path.slice(0, -1).map((id) => byId.get(id)!.name) }),
    };
  });
}

function neededByNobody(packages: readonly LockedPackage[]): readonly string[] {
  const needed = new Set(packages.flatMap(({ needs }) => needs));
  return packages.flatMap(({ id }) => (needed.has(id) ? [] : [id]));
}

/** Breadth first: for each reachable id the ids from a root to it, both included. */
function pathsFrom(roots: readonly string[], byId: ReadonlyMap<string, LockedPackage>): ReadonlyMap<string, readonly string[]> {
  const parent = new Map<string, string | undefined>();
  const queue = roots.filter((id) => byId.has(id));
  for (const id of queue) parent.set(id, undefined);
  for (const id of queue) {
    for (const next of byId.get(id)!.needs) {
      if (!byId.has(next) || parent.has(next)) continue;
      parent.set(next, id);
      queue.push(next);
    }
  }
  const paths = new Map<string, readonly string[]>();
  for (const id of queue) {
    const above = parent.get(id);
    paths.set(id, above === undefined ? [id] : [...paths.get(above)!, id]);
  }
  return paths;
}

/** Line numbers by what a pattern's first group captures, first occurrence wins. */
export function linesBy(text: string, pattern: RegExp): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    const key = pattern.exec(line)?.[1];
    if (key !== undefined && !lines.has(key)) lines.set(key, index + 1);
  });
  return lines;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one for anything else. */
export function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The value as a list; an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text; an empty one for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads JSON. What the parser says is not repeated: it quotes the text, which may hold a secret. */
export function parseJson(text: string): Fields {
  try {
    return objectOf(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    throw new LockFileRefused('it is not JSON');
  }
}
