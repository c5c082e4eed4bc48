import { objectOf, objectsOf, type Foreign } from '../../foreign.ts';
import { checkLicences, checkProperties, wrong } from './component-check.ts';

type Path = readonly (string | number)[];

const flows = new Set(['inbound', 'outbound', 'bi-directional', 'unknown']);
const deepest = 64;

/** Services are not kept; a document that breaks the format in them is refused all the same. Throws `ReportRefused` with the place. */
export function checkService(service: Foreign, path: Path, specVersion: string, depth = 0): void {
  if (depth > deepest) throw wrong(path, `services lie in each other more than ${deepest} deep`);
  if (typeof service['name'] !== 'string') throw wrong(path, 'the service has no name');
  for (const [index, data] of objectsOf(service['data'], 10_000).entries()) {
    if (!flows.has(data['flow'] as string))
      throw wrong([...path, 'data', index, 'flow'], 'data flow inbound, outbound, bi-directional or unknown');
    if (typeof data['classification'] !== 'string') throw wrong([...path, 'data', index], 'the data has no classification');
  }
  checkProperties(service['properties'], [...path, 'properties'], specVersion);
  checkLicences(service['licenses'], [...path, 'licenses'], specVersion);
  const inner = (service['services'] ?? []) as unknown;
  if (!Array.isArray(inner)) throw wrong([...path, 'services'], 'this is no list');
  for (const [index, one] of (inner as readonly unknown[]).entries())
    checkService(objectOf(one) ?? {}, [...path, 'services', index], specVersion, depth + 1);
}
