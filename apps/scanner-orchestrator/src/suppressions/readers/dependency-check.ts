import { readXml, type Element } from '@throughline/lockfiles';
import { aboutVulnerability, terms, type Suppression, type SuppressionReader } from '../suppression.ts';

/**
 * Suppressions of OWASP Dependency-Check: `<suppress until="…">` with `cve` or `vulnerabilityName`, narrowed by `packageUrl`,
 * `gav`, `sha1` or `filePath` (jeremylong.github.io/DependencyCheck, "Suppressing"). Regular expressions cannot be said by an exception.
 */
export const dependencyCheck: SuppressionReader = {
  name: 'dependency-check',
  reads: (path) => /(?:^|\/)[^/]*suppressions?\.xml$/i.test(path),
  read: (text) => {
    const root = readXml(text);
    return root.name === 'suppressions' ? root.children.filter(({ name }) => name === 'suppress').flatMap(entriesOf) : [];
  },
};

function entriesOf(element: Element): readonly Suppression[] {
  const of = (name: string): readonly Element[] => element.children.filter((child) => child.name === name);
  const ids = [...of('cve'), ...of('vulnerabilityName')];
  const said = terms(of('notes')[0]?.text, element.attributes.get('until'));
  const common = { tool: 'dependency-check', line: element.line, ...said };
  const [purl] = of('packageUrl');
  const others = element.children.filter(({ name }) => !['notes', 'cve', 'vulnerabilityName', 'packageUrl'].includes(name));
  const pattern = [...ids, ...of('packageUrl')].some(({ attributes }) => attributes.get('regex') === 'true');
  if (ids.length === 0 || others.length > 0 || pattern) {
    const [first] = [...ids, ...others];
    return [{ ...common, mark: (first?.text ?? 'suppress').slice(0, 100), unread: 'it is narrowed by something that no exception names' }];
  }
  const narrowed = purl === undefined ? {} : { purl: purl.text.slice(0, 512) };
  return ids.map(({ text }) => ({
    ...common,
    mark: text.slice(0, 100),
    covers: { ...aboutVulnerability(text.slice(0, 100)), ...narrowed },
  }));
}
