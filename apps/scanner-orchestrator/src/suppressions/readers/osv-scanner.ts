import { objectOf, readToml } from '@throughline/lockfiles';
import { aboutVulnerability, LineFinder, listOf, terms, textOf, type Suppression, type SuppressionReader } from '../suppression.ts';

/**
 * `osv-scanner.toml`: `[[IgnoredVulns]]` with `id`, `ignoreUntil`, `reason`; `[[PackageOverrides]]` take a package out of the
 * scan altogether, which no exception does (google.github.io/osv-scanner/configuration).
 */
export const osvScanner: SuppressionReader = {
  name: 'osv-scanner',
  reads: (path) => /(?:^|\/)osv-scanner\.toml$/.test(path),
  read: async (text) => {
    const root = await readToml(text);
    const finder = new LineFinder(text);
    const ignored = listOf(root['IgnoredVulns']).flatMap((each): readonly Suppression[] => {
      const entry = objectOf(each);
      const id = textOf(entry['id'])?.slice(0, 100);
      if (id === undefined) return [];
      const covers = aboutVulnerability(id);
      return [{ tool: 'osv-scanner', line: finder.lineOf(id), mark: id, covers, ...terms(entry['reason'], entry['ignoreUntil']) }];
    });
    const overrides = listOf(root['PackageOverrides']).map((each) => {
      const entry = objectOf(each);
      const name = textOf(entry['name'])?.slice(0, 100) ?? 'PackageOverrides';
      const said = terms(entry['reason'], entry['effectiveUntil']);
      return { tool: 'osv-scanner', line: finder.lineOf(name), mark: name, unread: 'it takes a whole package out', ...said };
    });
    return [...ignored, ...overrides];
  },
};
