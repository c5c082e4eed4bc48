import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { applyEdits } from '../../editing/text-edit.ts';
import { FixRefused } from '../version-change.ts';
import { joined, readMarker, type Marker } from './marker.ts';
import { normalName } from './names.ts';
import type { OwnNeed } from './reach.ts';
import { needOf, type PypiNeed } from './releases.ts';
import { readToml } from './toml-manifest.ts';
import { spotsIn, type Spot } from './toml-spots.ts';

/** What a manifest asks for, with the place where it says so. */
export interface ManifestNeed extends OwnNeed {
  /** Undefined: written in a way that is not rewritten by machine. */
  readonly spot: Spot | undefined;
  readonly range: string | undefined;
}

export interface Manifest {
  readonly own: ManifestNeed[];
  /** Empty when it does not tell. */
  readonly requiresPython: string;
  readonly fields: Fields;
}

interface Listed {
  readonly table: string;
  readonly group: string;
  readonly need: PypiNeed;
}

/** Reads pyproject.toml as Poetry, PDM and uv understand it. */
export function readPyproject(path: string, text: string, where = ''): Manifest {
  const fields = readToml(path, text);
  const project = objectOf(fields['project']);
  const tool = objectOf(fields['tool']);
  const poetry = objectOf(tool['poetry']);
  const listed = [
    ...strings(path, 'project.dependencies', 'main', project['dependencies']),
    ...Object.entries(objectOf(project['optional-dependencies'])).flatMap(([extra, list]) =>
      strings(path, `project.optional-dependencies.${extra}`, `extra:${normalName(extra)}`, list),
    ),
    ...Object.keys(objectOf(fields['dependency-groups'])).flatMap((group) => groupOf(path, objectOf(fields['dependency-groups']), group)),
    ...Object.entries(objectOf(objectOf(tool['pdm'])['dev-dependencies'])).flatMap(([group, list]) =>
      strings(path, `tool.pdm.dev-dependencies.${group}`, normalName(group), list),
    ),
    ...strings(path, 'tool.uv.dev-dependencies', 'dev', objectOf(tool['uv'])['dev-dependencies']),
    ...poetryTables(poetry),
  ];
  const python = objectOf(poetry['dependencies'])['python'];
  return { own: placed(listed, text, where), requiresPython: textOf(project['requires-python']) || textOf(python), fields };
}

/** Finds the place of each; what stands twice alike is taken in order. */
export function placed(listed: readonly Listed[], text: string, where = ''): ManifestNeed[] {
  const spots = spotsIn(text);
  const used = new Map<string, number>();
  return listed.map(({ table, group, need }) => {
    const alike = spots.filter((spot) => spot.table === table && normalName(spot.name) === need.name && spot.range === (need.range ?? ''));
    const key = `${table} ${group} ${need.name} ${need.range}`;
    const nth = used.get(key) ?? 0;
    used.set(key, nth + 1);
    return { where, group, need, spot: alike[nth] ?? alike[0], range: need.range };
  });
}

/** The manifest as it asks now. */
export function manifestText(path: string, text: string, own: readonly ManifestNeed[]): string {
  const edits = own
    .filter(({ need, range }) => need.range !== range)
    .map(({ spot, need, range }) => {
      if (!spot || spot.range === '')
        throw new FixRefused(`${path} asks for ${need.name} ${range ?? ''} in a way that is not rewritten by machine`);
      return { start: spot.start, end: spot.start + spot.range.length, text: need.range! };
    });
  return applyEdits(text, edits);
}

function strings(path: string, table: string, group: string, list: unknown): readonly Listed[] {
  return listOf(list).flatMap((item) => (typeof item === 'string' ? [{ table, group, need: needOf(item, path) }] : []));
}

/** A group of PEP 735, with the groups that it includes. */
function groupOf(path: string, groups: Fields, group: string, above: readonly string[] = []): readonly Listed[] {
  const into = normalName(above[0] ?? group);
  return [
    ...strings(path, `dependency-groups.${group}`, into, groups[group]),
    ...listOf(groups[group]).flatMap((item) => {
      const included = textOf(objectOf(item)['include-group']);
      const known = Object.keys(groups).find((name) => normalName(name) === normalName(included));
      return included === '' || known === undefined || [...above, group].includes(known)
        ? []
        : groupOf(path, groups, known, [...above, group]);
    }),
  ];
}

function poetryTables(poetry: Fields): readonly Listed[] {
  const extras = Object.entries(objectOf(poetry['extras']));
  const main = Object.entries(objectOf(poetry['dependencies'])).flatMap(([name, value]) => {
    const offering = extras.filter(([, list]) => listOf(list).some((one) => normalName(textOf(one)) === normalName(name)));
    const groups = objectOf(value)['optional'] === true ? offering.map(([extra]) => `extra:${normalName(extra)}`) : ['main'];
    return groups.flatMap((group) => poetryNeeds('tool.poetry.dependencies', group, name, value));
  });
  const tables: readonly (readonly [string, string, unknown])[] = [
    ['tool.poetry.dev-dependencies', 'dev', poetry['dev-dependencies']],
    ...Object.entries(objectOf(poetry['group'])).map(
      ([group, value]) => [`tool.poetry.group.${group}.dependencies`, normalName(group), objectOf(value)['dependencies']] as const,
    ),
  ];
  const others = tables.flatMap(([table, group, packages]) =>
    Object.entries(objectOf(packages)).flatMap(([name, value]) => poetryNeeds(table, group, name, value)),
  );
  return [...main, ...others].filter(({ need }) => need.name !== 'python');
}

function poetryNeeds(table: string, group: string, name: string, value: unknown): readonly Listed[] {
  if (Array.isArray(value)) return value.flatMap((one) => poetryNeeds(table, group, name, one));
  return [{ table, group, need: tableNeed(name, value) }];
}

/** A package as Poetry and Pipenv write it: a range, or a table. */
export function tableNeed(name: string, value: unknown): PypiNeed {
  const table = objectOf(value);
  const isElsewhere = ['git', 'path', 'url', 'file', 'hg', 'svn'].some((key) => table[key] !== undefined);
  const written = typeof value === 'string' ? value : textOf(table['version']);
  const conditions = [readMarker(textOf(table['markers'])), pythonMarker(textOf(table['python']))].filter((one) => one !== undefined);
  return {
    as: name,
    name: normalName(name),
    range: isElsewhere ? undefined : written,
    specification: written,
    kind: 'required',
    extras: listOf(table['extras']).flatMap((extra) => (typeof extra === 'string' ? normalName(extra) : [])),
    marker: conditions.length === 0 ? undefined : joined('and', conditions),
  };
}

/** Poetry's `python = ">=3.8,<3.11"`; undefined for a form that says less than a marker could. */
function pythonMarker(range: string): Marker | undefined {
  const clauses = range.split(',').map((clause) => /^\s*(>=|<=|<|>|==|!=)\s*([\d.]+)\s*$/.exec(clause));
  if (range === '' || clauses.includes(null)) return undefined;
  return joined(
    'and',
    clauses.map((clause) => ({
      kind: 'compare',
      variable: clause![2]!.split('.').length > 2 ? 'python_full_version' : 'python_version',
      operator: clause![1]!,
      value: clause![2]!,
      flipped: false,
    })),
  );
}
