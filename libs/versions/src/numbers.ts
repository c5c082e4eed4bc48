import { compareLists, compareNumbers, longestVersion, type Comparator } from './order.ts';

/** Versions that are nothing but numbers, of which one with more of them is above: 1.0 is below 1.0.0. */
function numbers(pattern: RegExp): Comparator {
  const read = (text: string): readonly string[] | undefined => {
    return text.length <= longestVersion && pattern.test(text) ? text.split(/[.-]/) : undefined;
  };
  return {
    compare(left, right) {
      const [a, b] = [read(left), read(right)];
      return a && b && compareLists(a, b, compareNumbers);
    },
  };
}

/** R's `package_version`: numbers between which a dash is as good as a dot. */
export const cran = numbers(/^\d+(?:[.-]\d+)*$/);

/** The Haskell Package Versioning Policy. */
export const hackage = numbers(/^\d+(?:\.\d+)*$/);
