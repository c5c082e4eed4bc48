import { posix } from 'node:path';
import { LockFileRefused, type Beside } from './lock-file.ts';
import { child, childText, readXml, type Element } from './xml.ts';

/** A dependency as a POM declares it, before properties are put in. */
export interface Declared {
  readonly group: string;
  readonly artifact: string;
  readonly version: string | undefined;
  readonly scope: string | undefined;
  readonly type: string;
  readonly classifier: string;
  /** Undefined where another POM declares it. */
  readonly line?: number;
}

/** A POM with what it inherits, as far as the parents lie in the repository. */
export interface Model {
  readonly properties: ReadonlyMap<string, string>;
  readonly dependencies: readonly Declared[];
  readonly managed: readonly Declared[];
  /** What the repository does not hold: it may set any version that is not set here. */
  readonly missing: readonly string[];
}

const mostParents = 20;

/** Reads a POM and its parents. */
export async function readModel(text: string, beside: Beside): Promise<Model> {
  return modelOf(readXml(text), beside, '.', 0);
}

/** `at` is the folder of the POM, as seen from where `beside` looks. */
async function modelOf(project: Element, beside: Beside, at: string, depth: number): Promise<Model> {
  if (project.name !== 'project') throw new LockFileRefused('it is no POM');
  const parent = child(project, 'parent');
  const inherited = parent && (await readParent(parent, beside, at, depth));
  const own = ownModel(project, parent);
  if (!inherited) return { ...own, missing: parent ? [coordinates(parent)] : [] };
  return {
    properties: new Map([...inherited.properties, ...own.properties]),
    // The nearest declaration counts.
    dependencies: nearest([...own.dependencies, ...inherited.dependencies.map(withoutLine)]),
    managed: nearest([...own.managed, ...inherited.managed]),
    missing: inherited.missing,
  };
}

async function readParent(parent: Element, beside: Beside, at: string, depth: number): Promise<Model | undefined> {
  const path = child(parent, 'relativePath') ? childText(parent, 'relativePath') : '../pom.xml';
  if (path === undefined || depth >= mostParents) return undefined;
  for (const file of path.endsWith('.xml') ? [path] : [`${path}/pom.xml`, path]) {
    const place = posix.join(at, file);
    const text = await beside(place);
    if (text === undefined) continue;
    const project = readXml(text);
    const same = childText(project, 'artifactId') === childText(parent, 'artifactId');
    const group = childText(project, 'groupId') ?? childText(child(project, 'parent'), 'groupId');
    if (same && group === childText(parent, 'groupId')) return modelOf(project, beside, posix.dirname(place), depth + 1);
  }
  return undefined;
}

function ownModel(project: Element, parent: Element | undefined): Omit<Model, 'missing'> {
  const profiles = child(project, 'profiles')?.children ?? [];
  const said = (name: string): string | undefined => childText(project, name) ?? childText(parent, name);
  const [group, version] = [said('groupId'), said('version')];
  const builtIn = [
    ['groupId', group],
    ['artifactId', childText(project, 'artifactId')],
    ['version', version],
    ['parent.groupId', childText(parent, 'groupId')],
    ['parent.version', childText(parent, 'version')],
  ] as const;
  const named = builtIn.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`project.${name}`, `pom.${name}`, ...(name.includes('.') ? [] : [name])].map((key) => [key, value] as const),
  );
  const properties = child(project, 'properties')?.children ?? [];
  const parts = [project, ...profiles];
  return {
    properties: new Map([...properties.map(({ name, text }) => [name, text] as const), ...named]),
    dependencies: parts.flatMap((part) => declaredIn(child(part, 'dependencies'))),
    managed: parts.flatMap((part) => declaredIn(child(child(part, 'dependencyManagement'), 'dependencies'))),
  };
}

function declaredIn(list: Element | undefined): readonly Declared[] {
  return (list?.children ?? []).flatMap((one): readonly Declared[] => {
    const [group, artifact] = [childText(one, 'groupId'), childText(one, 'artifactId')];
    if (one.name !== 'dependency' || group === undefined || artifact === undefined) return [];
    const [version, scope] = [childText(one, 'version'), childText(one, 'scope')];
    const [type, classifier] = [childText(one, 'type') ?? 'jar', childText(one, 'classifier') ?? ''];
    return [{ group, artifact, version, scope, type, classifier, line: one.line }];
  });
}

/** Two declarations of one key are one dependency. */
export function keyOf({ group, artifact, type, classifier }: Declared): string {
  return [group, artifact, type, classifier].join(':');
}

function nearest(declared: readonly Declared[]): readonly Declared[] {
  const kept = new Map<string, Declared>();
  for (const one of declared) if (!kept.has(keyOf(one))) kept.set(keyOf(one), one);
  return [...kept.values()];
}

function withoutLine({ line: _, ...declared }: Declared): Declared {
  return declared;
}

function coordinates(parent: Element): string {
  return ['groupId', 'artifactId', 'version'].map((name) => childText(parent, name) ?? '?').join(':');
}

const longestValue = 256;

/** Properties, each resolved once: neither a circle nor a bomb of them costs more than their number. */
export class Properties {
  readonly #resolved = new Map<string, string | undefined>();
  readonly #raw: ReadonlyMap<string, string>;

  // Without parameter properties: threads load this file as it is.
  constructor(raw: ReadonlyMap<string, string>) {
    this.#raw = raw;
  }

  /** The text with properties put in; undefined when one is not known. */
  put(text: string): string | undefined {
    if (!text.includes('${')) return text;
    let known = true;
    const whole = text.slice(0, longestValue).replace(/\$\{([^${}]*)\}/g, (_, name: string) => {
      const value = this.#valueOf(name.trim());
      known &&= value !== undefined;
      return value ?? '';
    });
    return known && !whole.includes('${') && whole.length <= longestValue ? whole : undefined;
  }

  #valueOf(name: string): string | undefined {
    if (this.#resolved.has(name)) return this.#resolved.get(name);
    // Whoever asks for it again while it is resolved is a circle.
    this.#resolved.set(name, undefined);
    const value = this.#raw.get(name);
    if (value !== undefined && value.length <= longestValue) this.#resolved.set(name, this.put(value));
    return this.#resolved.get(name);
  }
}
