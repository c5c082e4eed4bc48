import { createHash } from 'node:crypto';
import { listOf, objectOf, type Fields } from '../../editing/unknown.ts';

const legacyKeys = ['dependencies', 'source', 'extras', 'dev-dependencies'];

/** What Poetry's releases write as `content-hash` for a pyproject.toml, the newest kind first. */
export function contentHashes(pyproject: Fields): readonly string[] {
  const poetry = objectOf(objectOf(pyproject['tool'])['poetry']);
  const old = Object.fromEntries(
    [...legacyKeys, 'group'].flatMap((key) => (key === 'group' && poetry[key] === undefined ? [] : [[key, poetry[key] ?? null]])),
  );
  const oldest = Object.fromEntries(legacyKeys.map((key) => [key, poetry[key] ?? null]));
  return [modern(pyproject, poetry, true), modern(pyproject, poetry, false), old, oldest].map((content) =>
    sha256(pythonJson(content, ', ', ': ')),
  );
}

/** Since Poetry 2 the project's own table counts, since 2.3 its groups. */
function modern(pyproject: Fields, poetry: Fields, withGroups: boolean): Fields {
  const project = picked(objectOf(pyproject['project']), ['requires-python', 'dependencies', 'optional-dependencies']);
  const groups = withGroups ? objectOf(pyproject['dependency-groups']) : {};
  const isModern = Object.keys(project).length + Object.keys(groups).length > 0;
  const own = Object.fromEntries(
    [...legacyKeys, 'group'].flatMap((key) =>
      poetry[key] === undefined && (isModern || key === 'group') ? [] : [[key, poetry[key] ?? null]],
    ),
  );
  if (!isModern) return own;
  return {
    ...(Object.keys(project).length > 0 && { project }),
    ...(Object.keys(groups).length > 0 && { 'dependency-groups': groups }),
    tool: { poetry: own },
  };
}

/** What Pipenv writes as `_meta.hash.sha256` for a Pipfile. */
export function pipfileHash(pipfile: Fields): string {
  const own = ['source', 'packages', 'dev-packages', 'requires', 'scripts', 'pipfile', 'pipenv', 'default', 'develop'];
  const others = Object.fromEntries(Object.entries(pipfile).filter(([key]) => !own.includes(key)));
  const content = {
    _meta: { sources: listOf(pipfile['source']), requires: objectOf(pipfile['requires']) },
    default: objectOf(pipfile['packages']),
    develop: objectOf(pipfile['dev-packages']),
    ...others,
  };
  return sha256(pythonJson(content, ',', ':'));
}

/** What PDM writes as `content_hash`, the newest kind first; undefined keys count as empty. */
export function pdmHashes(pyproject: Fields): readonly string[] {
  const project = objectOf(pyproject['project']);
  const pdm = objectOf(objectOf(pyproject['tool'])['pdm']);
  const groups = objectOf(pyproject['dependency-groups']);
  const old = objectOf(pdm['dev-dependencies']);
  const common = {
    sources: pdm['source'] ?? [],
    dependencies: project['dependencies'] ?? [],
    'optional-dependencies': project['optional-dependencies'] ?? {},
    'requires-python': project['requires-python'] ?? '',
  };
  const resolution = objectOf(pdm['resolution']);
  const kinds = [
    { ...common, 'dev-dependencies': { ...groups, ...old }, resolution },
    { ...common, 'dev-dependencies': old, resolution },
    { ...common, 'dev-dependencies': { ...groups, ...old }, overrides: objectOf(resolution['overrides']) },
    { ...common, 'dev-dependencies': old, overrides: objectOf(resolution['overrides']) },
  ];
  return kinds.map((content) => sha256(pythonJson(content, ', ', ': ')));
}

function picked(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** As `json.dumps(value, sort_keys=True)` of Python writes it. */
export function pythonJson(value: unknown, comma: string, colon: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => pythonJson(item, comma, colon)).join(comma)}]`;
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${ascii(key)}${colon}${pythonJson(item, comma, colon)}`).join(comma)}}`;
  }
  if (typeof value === 'string') return ascii(value);
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : `${value}`;
  return typeof value === 'bigint' || typeof value === 'boolean' ? `${value}` : 'null';
}

function ascii(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
