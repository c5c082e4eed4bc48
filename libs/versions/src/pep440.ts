import { compare, valid } from '@renovatebot/pep440';
import { compareLists, compareText, longestVersion, sign, type Comparator } from './order.ts';

const lastPart = '*final';

/** PEP 440; what it does not read as a version is older than everything it does, as installers ordered it before PEP 440. */
export const pep440: Comparator = {
  compare(left, right) {
    if (!readable(left) || !readable(right)) return undefined;
    const modern = [valid(left) !== null, valid(right) !== null];
    if (modern[0] && modern[1]) return sign(compare(left, right));
    if (modern[0] !== modern[1]) return modern[0] ? 1 : -1;
    return compareLists(legacyParts(left), legacyParts(right), compareText);
  },
};

function readable(text: string): boolean {
  return text.trim() !== '' && text.length <= longestVersion;
}

/**
 * The parts of a version from before PEP 440: numbers padded so that they sort as text, words behind a `*`, of which
 * those before `*final` are pre-releases; a dash opens a post-release; zeros and dashes that mean nothing are dropped.
 */
function legacyParts(version: string): readonly string[] {
  const parts: string[] = [];
  for (const token of [...(version.toLowerCase().match(/\d+|[a-z]+|-/g) ?? []), 'final']) {
    const part = legacyPart(token);
    if (part.startsWith('*')) {
      if (part < lastPart) while (parts.at(-1) === '*final-') parts.pop();
      while (parts.at(-1) === '00000000') parts.pop();
    }
    parts.push(part);
  }
  return parts;
}

const synonyms: Readonly<Record<string, string>> = { pre: 'c', preview: 'c', rc: 'c', dev: '@', '-': 'final-' };

function legacyPart(token: string): string {
  return /^\d/.test(token) ? token.padStart(8, '0') : `*${synonyms[token] ?? token}`;
}
