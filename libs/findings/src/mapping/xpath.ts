import type { XmlElement } from '../xml/xml-element.ts';
import type { Path, Step } from './path.ts';

const mostSteps = 20;
const names = String.raw`[A-Za-z_][\w.-]{0,99}`;
const attributeStep = new RegExp(`^@${names}$`);
const elementStep = new RegExp(String.raw`^(${names})(?:\[(?:([1-9]\d{0,5})|(@${names})\s?=\s?'([^'\\]{0,200})')\])?$`);

/**
 * Reads the part of XPath that mappings have: `@name`, `./message`, `./a/b/@c`, `./a[2]/text()`, `./a[@type='x']/@value`, and
 * `../@name` for what the result says above each of its parts. Names are local ones. Undefined for what is none of it.
 */
export function xpathOf(text: string): Path | undefined {
  if (!/^(?:@|\.\/|\.\.\/)/.test(text)) return undefined;
  const above = text.startsWith('../');
  const steps = stepsOf(above ? text.slice(3) : text.startsWith('./') ? text.slice(2) : text);
  return steps && (above ? [{ key: '..' }, ...steps] : steps);
}

/** Elements below a result, e.g. `error` or `errors/error`. */
export function elementsPath(text: string): Path | undefined {
  const parts = text.split('/');
  if (parts.length > mostSteps || !parts.every((part) => elementStep.test(part))) return undefined;
  return parts.flatMap(elementSteps);
}

/** The texts of all elements at a place below a result, which names elements only, e.g. `errors/error`. */
export function textsBelow(place: string): Path {
  return [...place.split('/').flatMap((key): readonly Step[] => [{ key }, { all: true }]), { key: '#text' }];
}

function stepsOf(text: string): readonly Step[] | undefined {
  // A quoted value may hold a stroke.
  const parts = text.match(/(?:[^/[]|\[[^\]]*\])+/g) ?? [];
  if (parts.length === 0 || parts.length > mostSteps || parts.join('/') !== text) return undefined;
  const last = parts.at(-1)!;
  const leaf: Step = attributeStep.test(last) ? { key: last } : { key: '#text' };
  const elements = attributeStep.test(last) || last === 'text()' ? parts.slice(0, -1) : parts;
  return elements.every((part) => elementStep.test(part)) ? [...elements.flatMap(elementSteps), leaf] : undefined;
}

function elementSteps(part: string): readonly Step[] {
  const [, name = '', number, attribute, is = ''] = elementStep.exec(part) ?? [];
  if (number !== undefined) return [{ key: name }, { index: Number(number) - 1 }];
  return [{ key: name }, attribute === undefined ? { all: true } : { where: [attribute], is }];
}

/** An element as paths look into it. */
export function valueOfElement({ attributes, children, text }: XmlElement): Readonly<Record<string, unknown>> {
  const members = new Map<string, unknown>(Object.entries(attributes).map(([name, value]) => [`@${name}`, value]));
  const lists = new Map<string, unknown[]>();
  for (const child of children) {
    const list = lists.get(child.name);
    if (list) list.push(valueOfElement(child));
    else lists.set(child.name, [valueOfElement(child)]);
  }
  return Object.fromEntries([...members, ...lists, ['#text', text]]);
}
