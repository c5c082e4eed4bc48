import { compareLists, compareNumbers, longestVersion, sign, type Comparator } from './order.ts';
import { compareIdentifiers, comparePrerelease } from './semver.ts';

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** Semantic versions as Dart reads them: other than elsewhere, what follows a `+` is above the version without it. */
export const pub: Comparator = {
  compare(left, right) {
    const [a, b] = [read(left), read(right)];
    if (!a || !b) return undefined;
    return (
      compareLists(a.core, b.core, compareNumbers) ||
      comparePrerelease(a.pre, b.pre) ||
      sign(Number(a.build.length > 0) - Number(b.build.length > 0)) ||
      compareLists(a.build, b.build, compareIdentifiers)
    );
  },
};

interface PubVersion {
  readonly core: readonly string[];
  readonly pre: readonly string[];
  readonly build: readonly string[];
}

function read(text: string): PubVersion | undefined {
  const match = text.length <= longestVersion ? pattern.exec(text) : null;
  if (!match) return undefined;
  return { core: [match[1]!, match[2]!, match[3]!], pre: match[4]?.split('.') ?? [], build: match[5]?.split('.') ?? [] };
}
