import { objectsOf, textOf, type Foreign } from '../../foreign.ts';

/** The context by which SPDX 3.0 is known. */
export const spdxContext = /^https:\/\/spdx\.org\/rdf\/3\.0(?:\.\d+)?\/spdx-context\.jsonld$/;

/** The class of an element of SPDX 3; JSON-LD has two names for the field. */
export function typeOf(element: Foreign): string | undefined {
  return textOf(element['type'] ?? element['@type'], 100);
}

/** The package URL of a package of SPDX 3. */
export function packageUrlOf(element: Foreign): string | undefined {
  const identifiers = objectsOf(element['externalIdentifier'], 200);
  const listed = identifiers.find(({ externalIdentifierType: type }) => type === 'packageUrl' || type === 'purl')?.['identifier'];
  return textOf(element['software_packageUrl'], 1024) ?? textOf(listed, 1024);
}
