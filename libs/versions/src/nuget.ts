import { compareLists, compareNumbers, longestVersion, type Comparator } from './order.ts';
import { comparePrerelease } from './semver.ts';

const pattern = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/i;

/** NuGet: Semantic Versioning with a fourth number and pre-releases without case; what follows a `+` does not count. */
export const nuget: Comparator = {
  compare(left, right) {
    const [a, b] = [read(left), read(right)];
    if (!a || !b) return undefined;
    return compareLists(a.numbers, b.numbers, compareNumbers) || comparePrerelease(a.pre, b.pre);
  },
};

function read(text: string): { readonly numbers: readonly string[]; readonly pre: readonly string[] } | undefined {
  const match = text.length <= longestVersion ? pattern.exec(text.trim()) : null;
  if (!match) return undefined;
  const [, major, minor = '0', patch = '0', revision = '0', pre] = match;
  return { numbers: [major!, minor, patch, revision], pre: pre?.toLowerCase().split('.') ?? [] };
}
