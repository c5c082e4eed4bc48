import { cut } from './foreign.ts';

const longestSnippet = 500;

/** Source text with its white space folded, so that moving or indenting a line does not change it. */
export function normaliseSnippet(text: string): string {
  return cut(text.replace(/\s+/g, ' ').trim(), longestSnippet);
}
