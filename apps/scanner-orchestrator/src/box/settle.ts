import { posix } from 'node:path';
import type { RawComponent, RawFinding, RawLine, Tree } from '../scanners/scanner.ts';
import type { Masks } from './masks.ts';

/** A finding with its place inside the tree and its snippet; the runner turns `secret` into a digest. */
export type SettledFinding = Omit<RawFinding, 'endLine' | 'hides'> & { readonly snippet?: string };
export type SettledLine = { readonly finding: SettledFinding } | { readonly component: RawComponent };

const largestFile = 2 * 1024 * 1024;
const mostLines = 5;
const longestSnippet = 500;

/** Puts findings into their final form: path inside the tree or none at all, snippet from the tree itself, secrets masked. */
export class Settler {
  readonly #tree: Tree;
  readonly #masks: Masks | undefined;
  readonly #files: ReadonlySet<string>;
  #last: { readonly path: string; readonly lines: readonly string[] } | undefined;

  /** Without masks no snippet is made: it could show a secret. */
  constructor(tree: Tree, masks: Masks | undefined) {
    this.#tree = tree;
    this.#masks = masks;
    this.#files = new Set(tree.files);
  }

  async settle(raw: RawLine): Promise<SettledLine> {
    if ('component' in raw) return raw;
    const { path, line, endLine, column, hides, ...finding } = raw.finding;
    const inside = this.#inside(path);
    if (inside === undefined) return { finding };
    const hidden = [...(hides ?? []), ...(finding.secret === undefined ? [] : [finding.secret])];
    const snippet = line === undefined ? undefined : await this.#snippet(inside, [line, endLine ?? line], hidden);
    return {
      finding: {
        ...finding,
        path: inside,
        ...(line !== undefined && { line }),
        ...(column !== undefined && { column }),
        ...(snippet && { snippet }),
      },
    };
  }

  /** A path that leads out of the tree, or to nothing in it, is not repeated. */
  #inside(path: string | undefined): string | undefined {
    if (path === undefined) return undefined;
    const absolute = path.startsWith('/') ? posix.normalize(path) : posix.join(this.#tree.root, path);
    const inside = posix.relative(this.#tree.root, absolute);
    return this.#files.has(inside) ? inside : undefined;
  }

  async #snippet(path: string, [first, last]: readonly [number, number], hidden: readonly string[]): Promise<string | undefined> {
    if (!this.#masks) return undefined;
    if (this.#last?.path !== path) {
      const content = await this.#tree.text(path, largestFile);
      this.#last = { path, lines: content?.split('\n') ?? [] };
    }
    const end = Math.min(last, first + mostLines - 1);
    const shown = this.#last.lines.slice(first - 1, end).map((text) => text.slice(0, 4 * longestSnippet));
    if (shown.length === 0) return undefined;
    const text = await this.#masks.hide(path, shown.join('\n'), hidden);
    return text.replace(/\s+/g, ' ').trim().slice(0, longestSnippet);
  }
}
