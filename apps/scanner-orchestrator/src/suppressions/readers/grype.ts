import { objectOf, readYaml } from '@throughline/lockfiles';
import {
  aboutVulnerability,
  LineFinder,
  listOf,
  plainPath,
  terms,
  textOf,
  type Suppression,
  type SuppressionReader,
} from '../suppression.ts';

const types: Readonly<Record<string, string>> = { npm: 'npm', python: 'pypi', gem: 'gem', 'rust-crate': 'cargo', 'go-module': 'golang' };

/**
 * `.grype.yaml`: `ignore` with `vulnerability`, `reason` and `package` (`name`, `version`, `type`, `location`); everything that is
 * named has to match (github.com/anchore/grype, "Specifying matches to ignore").
 */
export const grype: SuppressionReader = {
  name: 'grype',
  reads: (path) => /^\.grype(?:\/config)?\.ya?ml$/.test(path),
  read: async (text) => {
    const root = await readYaml(text);
    const finder = new LineFinder(text);
    return listOf(root['ignore']).map((each): Suppression => {
      const rule = objectOf(each);
      const id = textOf(rule['vulnerability'])?.slice(0, 100);
      const others = Object.keys(rule).filter((field) => !['vulnerability', 'package', 'reason', 'include-aliases'].includes(field));
      const line = finder.lineOf(id ?? others[0] ?? 'ignore');
      const common = { tool: 'grype', line, mark: id ?? 'a rule without a vulnerability', ...terms(rule['reason'], undefined) };
      const parts = partsOf(objectOf(rule['package']));
      if (id === undefined || parts === undefined || others.length > 0)
        return { ...common, unread: `it names ${[...others, 'parts of packages'][0]} which no exception does` };
      return { ...common, covers: { ...aboutVulnerability(id), ...parts } };
    });
  },
};

/** Undefined where an exception cannot say it. */
function partsOf(named: ReturnType<typeof objectOf>): { purl?: string; path?: string } | undefined {
  const { name, version, type, location, ...others } = named as Record<string, string>;
  if (Object.keys(others).length > 0) return undefined;
  const path = location === undefined ? undefined : plainPath(location);
  const kind = type === undefined ? undefined : types[type];
  if (
    (location !== undefined && path === undefined) ||
    ((name ?? version ?? type) !== undefined && (name === undefined || kind === undefined))
  )
    return undefined;
  const purl = name === undefined ? undefined : `pkg:${kind}/${name.replace(/^@/, '%40')}${version === undefined ? '' : `@${version}`}`;
  return { ...(purl !== undefined && { purl }), ...(path !== undefined && { path }) };
}
