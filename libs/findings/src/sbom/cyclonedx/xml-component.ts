import type { Foreign } from '../../foreign.ts';
import { attribute, child, children, childText, type XmlElement } from '../../xml/xml-element.ts';
import { mostComponents } from '../sbom.ts';

const texts = ['group', 'version', 'purl', 'scope'] as const;

/** A component of an XML document as JSON has it, so that both are read and checked alike. */
export function componentIn(element: XmlElement): Foreign {
  const list = (parent: string, name: string): readonly XmlElement[] => children(child(element, parent), name, mostComponents);
  const found: Record<string, unknown> = {};
  for (const name of texts) if (childText(element, name) !== undefined) found[name] = childText(element, name);
  for (const name of ['type', 'bom-ref']) if (Object.hasOwn(element.attributes, name)) found[name] = element.attributes[name];
  const name = child(element, 'name');
  if (name) found['name'] = name.text;
  const swid = child(element, 'swid');
  if (swid) found['swid'] = swid.attributes;
  found['hashes'] = list('hashes', 'hash').map((hash) => ({ alg: attribute(hash, 'alg'), content: hash.text }));
  found['licenses'] = (child(element, 'licenses')?.children ?? []).map(choiceIn);
  found['properties'] = propertiesIn(element);
  found['pedigree'] = { patches: children(child(child(element, 'pedigree'), 'patches'), 'patch').map(patchIn) };
  found['components'] = list('components', 'component').map(componentIn);
  return found;
}

/** A service as JSON has it, as far as it is checked. */
export function serviceIn(element: XmlElement): Foreign {
  const data = child(element, 'data');
  // Since 1.5 a classification may lie in a flow that says from where to where.
  const classified = [
    ...children(data, 'classification'),
    ...children(data, 'dataflow').map((flow) => child(flow, 'classification') ?? flow),
  ];
  return {
    ...(child(element, 'name') && { name: childText(element, 'name') ?? '' }),
    data: classified.map((one) => ({ flow: attribute(one, 'flow'), classification: one.text })),
    licenses: (child(element, 'licenses')?.children ?? []).map(choiceIn),
    properties: propertiesIn(element),
    services: children(child(element, 'services'), 'service', mostComponents).map(serviceIn),
  };
}

export function propertiesIn(element: XmlElement): readonly Foreign[] {
  return children(child(element, 'properties'), 'property', mostComponents).map((property) => ({
    name: attribute(property, 'name'),
    value: property.text,
  }));
}

function patchIn(patch: XmlElement): Foreign {
  return { type: attribute(patch, 'type'), resolves: children(child(patch, 'resolves'), 'issue').map(({ attributes }) => attributes) };
}

export function choiceIn(choice: XmlElement): Foreign {
  if (choice.name === 'expression') return { expression: choice.text };
  const [ids, names] = [children(choice, 'id'), children(choice, 'name')];
  const encoding = attribute(child(choice, 'text'), 'encoding');
  const once = ids.length <= 1 && names.length <= 1;
  return {
    license: {
      ...(once && ids[0] && { id: ids[0].text }),
      ...(once && names[0] && { name: names[0].text }),
      ...(encoding !== undefined && { text: { encoding } }),
      properties: propertiesIn(choice),
    },
  };
}
