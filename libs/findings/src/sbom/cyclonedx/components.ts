import { objectOf, objectsOf, present, textOf, type Foreign } from '../../foreign.ts';
import type { Component } from '../../finding.ts';
import { ReportRefused } from '../../readers/report-refused.ts';
import { namedBy } from '../package-of.ts';
import { mostComponents, type Part } from '../sbom.ts';
import { checkComponent, wrong } from './component-check.ts';

type Path = readonly (string | number)[];

const deepest = 64;
/** Where tools write down in which file they found a component. */
const places = ['syft:location:0:path', 'aquasecurity:trivy:FilePath', 'SrcFile', 'cdx:npm:package:path', 'evidence:location'];

/** Takes components as they come, those that lie in others too, and keeps what may stand only once. */
export class ComponentIntake {
  readonly parts: Part[] = [];
  private readonly refs = new Set<string>();

  constructor(private readonly specVersion: string) {}

  take(component: Foreign, path: Path, depth = 0): void {
    if (depth > deepest) throw wrong(path, `components lie in each other more than ${deepest} deep`);
    checkComponent(component, path, this.specVersion);
    this.note(component['bom-ref'], path);
    if (component['type'] !== 'file' || component['purl'] !== undefined) this.parts.push(partOf(component));
    if (this.parts.length > mostComponents) throw new ReportRefused(`the document has more than ${mostComponents} components`);
    for (const [index, inner] of ((component['components'] ?? []) as readonly unknown[]).entries())
      this.take(objectOf(inner) ?? {}, [...path, 'components', index], depth + 1);
  }

  /** What the document is about: checked like the others, and no component of itself. What lies in it is. */
  takeRoot(component: Foreign, path: Path): void {
    checkComponent(component, path, this.specVersion);
    this.note(component['bom-ref'], path);
    for (const [index, inner] of ((component['components'] ?? []) as readonly unknown[]).entries())
      this.take(objectOf(inner) ?? {}, [...path, 'components', index], 1);
  }

  private note(ref: unknown, path: Path): void {
    if (typeof ref !== 'string') return;
    if (this.refs.has(ref)) throw wrong([...path, 'bom-ref'], 'the reference stands twice');
    this.refs.add(ref);
  }
}

function partOf(component: Foreign): Part {
  const properties = new Map(objectsOf(component['properties']).map(({ name, value }) => [name, value]));
  const manifest = places.map((name) => textOf(properties.get(name), 1024)).find((place) => place !== undefined);
  const hashes = objectsOf(component['hashes'], 20).map(({ alg, content }) => `${String(alg)}:${String(content).toLowerCase()}`);
  const { purl, group, name, version } = component;
  return {
    ref: textOf(component['bom-ref'], 1024),
    component: present<Omit<Component, 'direct'>>({
      ...namedBy(textOf(purl, 1024), textOf(group, 300), textOf(name, 300) ?? 'nameless', textOf(version, 200)),
      manifest: manifest ?? 'SBOM',
      scope: scopeOf(component['scope'], properties),
      licence: licenceOf(objectsOf(component['licenses'], 50)),
      kind: textOf(component['type'], 32),
      hashes: hashes.length > 0 ? [...new Set(hashes)].sort() : undefined,
    }),
  };
}

function scopeOf(scope: unknown, properties: ReadonlyMap<unknown, unknown>): Component['scope'] {
  const development = ['cdx:npm:package:development', 'cdx:poetry:group', 'cdx:composer:package:isDevRequirement'];
  if (scope === 'excluded' || development.some((name) => /^(?:true|dev)$/.test(String(properties.get(name))))) return 'development';
  return scope === 'required' ? 'runtime' : 'unknown';
}

/** Several licences all hold; which of them may be chosen only an expression says. */
function licenceOf(choices: readonly Foreign[]): string | undefined {
  const names = choices.flatMap(({ license, expression }) => {
    const licence = objectOf(license);
    return textOf(expression, 200) ?? textOf(licence?.['id'], 200) ?? textOf(licence?.['name'], 200) ?? [];
  });
  return textOf([...new Set(names)].sort().join(' AND '), 200);
}
