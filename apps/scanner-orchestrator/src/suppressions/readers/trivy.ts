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

/** `.trivyignore`: an id a line, with `exp:2026-12-31` behind it, and comments (trivy.dev/docs, "Filtering", by finding ids). */
export const trivyIgnore: SuppressionReader = {
  name: 'trivy-ignore',
  reads: (path) => /(?:^|\/)\.trivyignore$/.test(path),
  read: (text) => {
    let comment = '';
    return text.split('\n').flatMap((full, index): readonly Suppression[] => {
      const line = full.trim();
      if (line === '' || line.startsWith('#')) {
        comment = line.replace(/^#+\s*/, '');
        return [];
      }
      const [id, ...rest] = line.replace(/\s#.*$/, '').split(/\s+/);
      const until = rest.find((word) => word.startsWith('exp:'))?.slice(4);
      const reason = /\s#(.*)$/.exec(line)?.[1] ?? comment;
      comment = '';
      return [
        { tool: 'trivy', line: index + 1, mark: id!.slice(0, 100), covers: aboutVulnerability(id!.slice(0, 100)), ...terms(reason, until) },
      ];
    });
  },
};

const sections = ['vulnerabilities', 'misconfigurations', 'secrets', 'licenses'];

/** `.trivyignore.yaml`: lists by kind with `id`, `paths`, `purls`, `expired_at`, `statement` (the same page). */
export const trivyIgnoreYaml: SuppressionReader = {
  name: 'trivy-ignore-yaml',
  reads: (path) => /(?:^|\/)\.trivyignore\.ya?ml$/.test(path),
  read: async (text) => {
    const root = await readYaml(text);
    const finder = new LineFinder(text);
    return sections.flatMap((section) =>
      listOf(root[section]).flatMap((each) => {
        const entry = objectOf(each);
        const id = textOf(entry['id'])?.slice(0, 100);
        return id === undefined ? [] : [...entriesOf(id, entry, finder.lineOf(id))];
      }),
    );
  },
};

function* entriesOf(id: string, entry: ReturnType<typeof objectOf>, line: number): Iterable<Suppression> {
  const common = { tool: 'trivy', line, mark: id, ...terms(entry['statement'], entry['expired_at']) };
  const paths = listOf(entry['paths']).flatMap((each) => textOf(each) ?? []);
  const purls = listOf(entry['purls']).flatMap((each) => textOf(each) ?? []);
  if (paths.length === 0 && purls.length === 0) yield { ...common, covers: aboutVulnerability(id) };
  for (const purl of purls) yield { ...common, covers: { ...aboutVulnerability(id), purl } };
  for (const pattern of purls.length > 0 ? [] : paths) {
    const path = plainPath(pattern);
    yield path === undefined
      ? { ...common, unread: `${pattern.slice(0, 100)} is a pattern` }
      : { ...common, covers: { ...aboutVulnerability(id), path } };
  }
}
