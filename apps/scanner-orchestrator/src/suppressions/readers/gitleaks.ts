import { objectOf, readToml } from '@throughline/lockfiles';
import { LineFinder, listOf, plainPath, terms, textOf, type Suppression, type SuppressionReader } from '../suppression.ts';

/**
 * `.gitleaksignore`: a fingerprint a line, `path:rule:line` or `commit:path:rule:line`, with comments after `#`
 * (github.com/gitleaks/gitleaks, README "gitleaksignore").
 */
export const gitleaksIgnore: SuppressionReader = {
  name: 'gitleaks-ignore',
  reads: (path) => path === '.gitleaksignore',
  read: (text) =>
    text.split('\n').flatMap((full, index): readonly Suppression[] => {
      const entry = full.replace(/#.*$/, '').trim();
      if (entry === '' || entry.length > 1500) return [];
      const match = /^(?:[0-9a-f]{7,64}:)?(?<path>.+):(?<rule>[\w.-]+):(?<line>\d{1,7})$/.exec(entry);
      const common = { tool: 'gitleaks', line: index + 1, mark: entry.slice(0, 100) };
      if (!match) return [{ ...common, unread: 'it is no fingerprint' }];
      const { path, rule, line } = match.groups as Record<'path' | 'rule' | 'line', string>;
      const at = Number(line);
      return [
        { ...common, covers: { class: 'secret', rule, path, lines: { from: at, to: at } }, ...terms(/#(.*)$/.exec(full)?.[1], undefined) },
      ];
    }),
};

/**
 * `.gitleaks.toml`: `[allowlist]`, `[[allowlists]]` and those of rules (README "Configuration"). Of paths, which are regular
 * expressions, those that name one file or folder can be said by an exception; expressions over values and commits cannot.
 */
export const gitleaksConfig: SuppressionReader = {
  name: 'gitleaks-config',
  reads: (path) => path === '.gitleaks.toml' || path === 'gitleaks.toml',
  read: async (text) => {
    const root = await readToml(text);
    const finder = new LineFinder(text);
    const rules = listOf(root['rules']).map((each) => objectOf(each));
    return [...allowlists(root, undefined, finder), ...rules.flatMap((rule) => allowlists(rule, textOf(rule['id']), finder))];
  },
};

type Fields = ReturnType<typeof objectOf>;

function allowlists(holder: Fields, rule: string | undefined, finder: LineFinder): readonly Suppression[] {
  const single = holder['allowlist'];
  const all = [...(single === undefined ? [] : [single]), ...listOf(holder['allowlists'])].map((each) => objectOf(each));
  return all.flatMap((list) => {
    const said = terms(list['description'], undefined);
    const names = rule === undefined ? listOf(list['targetRules']).flatMap((each) => textOf(each) ?? []) : [rule];
    const others = ['regexes', 'stopwords', 'commits'].filter((field) => listOf(list[field]).length > 0);
    // Where all of its conditions have to hold, a path alone would say more than the list does.
    const narrower = list['condition'] === 'AND' && others.length > 0;
    const paths = listOf(list['paths']).flatMap((each) => textOf(each) ?? []);
    const common = { tool: 'gitleaks', ...said };
    return [
      ...paths.flatMap((pattern): readonly Suppression[] => {
        const line = finder.lineOf(pattern);
        const path = narrower ? undefined : literalPath(pattern);
        const mark = `allowlist.paths ${pattern}`.slice(0, 100);
        if (path === undefined) return [{ ...common, line, mark, unread: 'it is a pattern' }];
        const where = { class: 'secret' as const, path };
        return names.length === 0
          ? [{ ...common, line, mark, covers: where }]
          : names.map((each) => ({ ...common, line, mark, covers: { ...where, rule: each } }));
      }),
      // What the expressions say may be a secret: it is not repeated.
      ...others.map((field) => ({
        ...common,
        line: finder.lineOf(field),
        mark: `allowlist.${field}`,
        unread: 'it is about values or commits',
      })),
    ];
  });
}

/** The one file or folder that an expression names. */
function literalPath(pattern: string): string | undefined {
  const bare = pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/\/(?:\.\*|\(\.\*\??\)|\.\+)$/, '/')
    .replaceAll('\\.', '\0')
    .replaceAll('\\/', '/');
  if (/[.^$*+?()[\]{}|\\]/.test(bare)) return undefined;
  return plainPath(bare.replaceAll('\0', '.'));
}
