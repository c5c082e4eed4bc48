import { listOf, objectOf } from './lock-file.ts';
import { readToml } from './markup.ts';
import { nameOfRequirement, pythonName } from './python-names.ts';

/** Names that a pyproject.toml asks for. */
export interface PythonWanted {
  readonly runtime: readonly string[];
  readonly development: readonly string[];
}

/** Reads `[project]`, `[dependency-groups]` and the tables of poetry and pdm; undefined when there is no file or it is broken. */
export async function wantedByPyproject(text: string | undefined): Promise<PythonWanted | undefined> {
  if (text === undefined) return undefined;
  try {
    const document = await readToml(text);
    const project = objectOf(document['project']);
    const tool = objectOf(document['tool']);
    const poetry = objectOf(tool['poetry']);
    return {
      runtime: [
        ...requirements(project['dependencies']),
        ...Object.values(objectOf(project['optional-dependencies'])).flatMap(requirements),
        ...names(poetry['dependencies']),
      ],
      development: [
        ...Object.values(objectOf(document['dependency-groups'])).flatMap(requirements),
        ...Object.values(objectOf(objectOf(tool['pdm'])['dev-dependencies'])).flatMap(requirements),
        ...requirements(objectOf(tool['uv'])['dev-dependencies']),
        ...names(poetry['dev-dependencies']),
        ...Object.values(objectOf(poetry['group'])).flatMap((group) => names(objectOf(group)['dependencies'])),
      ],
    };
  } catch {
    return undefined;
  }
}

function requirements(value: unknown): string[] {
  return listOf(value).flatMap((item) => (typeof item === 'string' ? (nameOfRequirement(item) ?? []) : []));
}

function names(value: unknown): string[] {
  return Object.keys(objectOf(value))
    .filter((name) => name.toLowerCase() !== 'python')
    .map(pythonName);
}
