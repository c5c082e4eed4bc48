import type { Tree } from '../scanners/scanner.ts';
import type { SecretRules } from './secret-rules.ts';

export const mask = '•••';

const largestFile = 2 * 1024 * 1024;
const shortestLine = 8;

/** Takes the secrets of a file out of texts about it. */
export class Masks {
  readonly #tree: Tree;
  readonly #rules: SecretRules;
  readonly #known = new Map<string, readonly string[]>();

  constructor(tree: Tree, rules: SecretRules) {
    this.#tree = tree;
    this.#rules = rules;
  }

  /** The text without any secret that the rules find in the file, or in the text itself. */
  async hide(path: string, text: string, more: readonly string[] = []): Promise<string> {
    const own = await secretsIn(this.#rules, path, text);
    return hideAll(text, [...more, ...(await this.#secretsOf(path)), ...own]);
  }

  async #secretsOf(path: string): Promise<readonly string[]> {
    const known = this.#known.get(path);
    if (known) return known;
    const content = await this.#tree.text(path, largestFile);
    const secrets = content === undefined ? [] : await secretsIn(this.#rules, path, content);
    this.#known.set(path, secrets);
    return secrets;
  }
}

/** Replaces each of the values, longest first, so that none is left because a shorter one lies in it. */
export function hideAll(text: string, values: readonly string[]): string {
  let hidden = text;
  for (const value of [...values].sort((a, b) => b.length - a.length)) if (value !== '') hidden = hidden.replaceAll(value, mask);
  return hidden;
}

/** The values, and the lines of those that span several: a snippet may show one line of a key. */
export async function secretsIn(rules: SecretRules, path: string, content: string): Promise<readonly string[]> {
  const found = await rules(path, content);
  return found.flatMap(({ start, end }) => {
    const value = content.slice(start, end);
    const lines = value.split('\n').map((line) => line.trim());
    return lines.length === 1 ? [value] : [value, ...lines.filter((line) => line.length >= shortestLine && !line.startsWith('-----'))];
  });
}
