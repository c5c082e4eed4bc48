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

/**
 * `.snyk`: `ignore` by id, each with paths of packages, `reason`, `expires`; `exclude` with files that are not looked at
 * (docs.snyk.io, "The .snyk file"). Of a path of packages only `*` can be said by an exception: it covers more than one of them.
 */
export const snyk: SuppressionReader = {
  name: 'snyk',
  reads: (path) => /(?:^|\/)\.snyk$/.test(path),
  read: async (text) => {
    const root = await readYaml(text);
    const finder = new LineFinder(text);
    const ignored = Object.entries(objectOf(root['ignore'])).flatMap(([id, paths]) => {
      const line = finder.lineOf(id);
      return listOf(paths).flatMap((each) =>
        Object.entries(objectOf(each)).map(([route, said]) => ignoredOne(id, route, objectOf(said), line)),
      );
    });
    const excluded = Object.values(objectOf(root['exclude'])).flatMap((each) => listOf(each).flatMap((path) => textOf(path) ?? []));
    return [...ignored, ...excluded.map((pattern) => excludedOne(pattern, finder.lineOf(pattern)))];
  },
};

function ignoredOne(id: string, route: string, said: ReturnType<typeof objectOf>, line: number): Suppression {
  const common = { tool: 'snyk', line, mark: id.slice(0, 100), ...terms(said['reason'], said['expires']) };
  if (route !== '*') return { ...common, mark: `${id} ${route}`.slice(0, 100), unread: 'it is about one way to the package' };
  return { ...common, covers: aboutVulnerability(id.slice(0, 100)) };
}

function excludedOne(pattern: string, line: number): Suppression {
  const path = plainPath(pattern);
  const common = { tool: 'snyk', line, mark: pattern.slice(0, 100) };
  return path === undefined ? { ...common, unread: 'it is a pattern' } : { ...common, covers: { class: 'code', path } };
}
