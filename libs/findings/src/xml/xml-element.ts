/** An element of an XML document. Prefixes of names are dropped. */
export interface XmlElement {
  readonly name: string;
  /** On which line it begins. */
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly in it, without white space around it. */
  readonly text: string;
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

/** The children of that name, at most `max`. */
export function children(element: XmlElement | undefined, name: string, max = 1000): readonly XmlElement[] {
  return element?.children.filter((one) => one.name === name).slice(0, max) ?? [];
}

/** The text of the first child of that name; undefined when there is none or it is empty. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  const text = child(element, name)?.text;
  return text === '' ? undefined : text;
}

/** An attribute that is not empty. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
  const value = element && Object.hasOwn(element.attributes, name) ? element.attributes[name] : undefined;
  return value === '' ? undefined : value;
}
