import { FixRefused } from '../version-change.ts';

/** How a version of pnpm-lock.yaml names packages. */
export interface PnpmForm {
  readonly version: number;
  /** Whether what depends on peers stands apart, under `snapshots`. */
  readonly hasSnapshots: boolean;
  keyOf(name: string, version: string, peers: string): string;
  /** Name, version and peers of a key; undefined for one that does not come from a registry. */
  read(key: string): { readonly name: string; readonly version: string; readonly peers: string } | undefined;
  /** The key that a reference leads to, under the name by which it is asked for. */
  keyOfRef(as: string, ref: string): string;
}

const semver = '\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
const named = new RegExp(`^((?:@[^/@]+/)?[^/@()]+)@(${semver})((?:\\(.+\\))?)$`);
const slashed = new RegExp(`^/((?:@[^/@]+/)?[^/@()]+)/(${semver})((?:_.+)?)$`);

/** Throws `FixRefused` for a version that is not known. */
export function pnpmForm(path: string, version: string): PnpmForm {
  const major = Number.parseFloat(version);
  if (major >= 9 && major < 10) return form(9, '', named, '@');
  if (major >= 6 && major < 7) return form(6, '/', named, '@');
  if (version === '5.4' || version === '5.3') return form(5, '/', slashed, '/');
  throw new FixRefused(`${path} is of version ${version.slice(0, 10)}, which is not edited: write it anew with a newer pnpm`);
}

function form(version: number, start: string, pattern: RegExp, sign: string): PnpmForm {
  return {
    version,
    hasSnapshots: version >= 9,
    keyOf: (name, at, peers) => `${start}${name}${sign}${at}${peers}`,
    read(key) {
      const [, name, at, peers] = pattern.exec(version === 6 ? key.replace(/^\//, '') : key) ?? [];
      return name === undefined || at === undefined || (version === 6 && !key.startsWith('/'))
        ? undefined
        : { name, version: at, peers: peers ?? '' };
    },
    keyOfRef: (as, ref) => (/^\d+\.\d+\.\d+/.test(ref) ? `${start}${as}${sign}${ref}` : ref),
  };
}

/** The packages that a suffix names, `(react@17.0.2)(b@1.0.0(c@1.0.0))`: the outer ones. */
export function peersIn(suffix: string): readonly { readonly name: string; readonly text: string }[] {
  const found: { name: string; text: string }[] = [];
  let depth = 0;
  let from = 0;
  [...suffix].forEach((sign, index) => {
    if (sign === '(' && depth++ === 0) from = index;
    if (sign !== ')' || --depth > 0) return;
    const text = suffix.slice(from, index + 1);
    found.push({ name: text.slice(1, text.indexOf('@', 2)), text });
  });
  return found;
}
