import { aboutVulnerability, LineFinder, listOf, terms, type Suppression, type SuppressionReader } from '../suppression.ts';
import { objectOf, readYaml } from '@throughline/lockfiles';

/**
 * Exceptions from `npm audit`: `.nsprc` of better-npm-audit, an object by id with `active`, `notes`, `expiry` (its README), and
 * `audit-ci.json(c)` with an `allowlist` of ids, `id|path` or such objects (github.com/IBM/audit-ci). JSON with comments.
 */
export const npmAudit: SuppressionReader = {
  name: 'npm-audit',
  reads: (path) => /(?:^|\/)(?:\.nsprc|\.?audit-ci\.jsonc?)$/.test(path),
  read: async (text, path) => {
    // JSON is YAML; only its comments are not.
    const root = await readYaml(text.replace(/^\s*\/\/.*$/gm, ''));
    const finder = new LineFinder(text);
    if (path.endsWith('.nsprc')) return objectsOf(root, finder);
    return listOf(root['allowlist']).flatMap((each) =>
      typeof each === 'string' ? [oneOf(each, {}, finder.lineOf(each))] : objectsOf(objectOf(each), finder),
    );
  },
};

type Fields = ReturnType<typeof objectOf>;

function objectsOf(entries: Fields, finder: LineFinder): readonly Suppression[] {
  return Object.entries(entries).flatMap(([id, said]) => {
    const fields = objectOf(said);
    return fields['active'] === 'false' ? [] : [oneOf(id, fields, finder.lineOf(id))];
  });
}

function oneOf(entry: string, { notes, expiry }: Fields, line: number): Suppression {
  const [id = '', route] = entry.split('|');
  const common = { tool: 'npm-audit', line, mark: entry.slice(0, 100), ...terms(notes, expiry) };
  if (route !== undefined && route !== '*') return { ...common, unread: 'it is about one way to the package' };
  return { ...common, covers: aboutVulnerability(id.slice(0, 100)) };
}
