import { createRequire } from 'node:module';
import { objectOf, objectsOf, type Foreign } from '../../foreign.ts';
import { pointerOf, ReportRefused } from '../../readers/report-refused.ts';

type Path = readonly (string | number)[];

const types = new Set(
  [
    'application',
    'framework',
    'library',
    'container',
    'platform',
    'operating-system',
    'device',
    'device-driver',
    'firmware',
    'file',
  ].concat(['machine-learning-model', 'data', 'cryptographic-asset']),
);
const scopes = new Set(['required', 'optional', 'excluded']);
const patchTypes = new Set(['unofficial', 'monkey', 'backport', 'cherry-pick']);
const issueTypes = new Set(['defect', 'enhancement', 'security']);
const listed = createRequire(import.meta.url);
const licenceIds = new Set([...(listed('spdx-license-ids') as string[]), ...(listed('spdx-license-ids/deprecated.json') as string[])]);
const hashForm = /^(?:[a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$/;
const hashNames = /^(?:MD5|SHA-(?:1|256|384|512)|SHA3-(?:256|384|512)|BLAKE2b-(?:256|384|512)|BLAKE3|Streebog-(?:256|512))$/;

/** Throws `ReportRefused` with the place of what the format does not allow in a component, as far as something here hangs on it. */
export function checkComponent(component: Foreign, path: Path, specVersion: string): void {
  const { type, name, scope, swid, pedigree } = component;
  if (type === undefined) throw wrong(path, 'the component has no type');
  if (!types.has(type as string)) throw wrong([...path, 'type'], 'this is no type of component');
  if (typeof name !== 'string') throw wrong(path, 'the component has no name');
  if (scope !== undefined && !scopes.has(scope as string)) throw wrong([...path, 'scope'], 'this is no scope');
  for (const field of ['version', 'group', 'purl', 'bom-ref'])
    if (component[field] !== undefined && typeof component[field] !== 'string') throw wrong([...path, field], 'this is no text');
  if (component['bom-ref'] === '') throw wrong([...path, 'bom-ref'], 'the reference is empty');
  if (swid !== undefined && typeof objectOf(swid)?.['tagId'] !== 'string') throw wrong([...path, 'swid'], 'the tag has no tagId');
  for (const list of ['hashes', 'licenses', 'components'])
    if (component[list] !== undefined && !Array.isArray(component[list])) throw wrong([...path, list], 'this is no list');
  for (const [index, patch] of objectsOf(objectOf(pedigree)?.['patches']).entries())
    checkPatch(patch, [...path, 'pedigree', 'patches', index]);
  checkProperties(component['properties'], [...path, 'properties'], specVersion);
  checkHashes(component['hashes'] as readonly unknown[] | undefined, [...path, 'hashes']);
  checkLicences(component['licenses'], [...path, 'licenses'], specVersion);
}

function checkHashes(hashes: readonly unknown[] = [], path: Path): void {
  for (const [index, hash] of hashes.entries()) {
    const { alg, content } = objectOf(hash) ?? {};
    if (typeof alg !== 'string' || !hashNames.test(alg)) throw wrong([...path, index, 'alg'], 'this is no name of a hash');
    if (typeof content !== 'string' || !hashForm.test(content)) throw wrong([...path, index, 'content'], 'this is no hash');
  }
}

function checkPatch(patch: Foreign, path: Path): void {
  if (!patchTypes.has(patch['type'] as string)) throw wrong(path, 'this is no type of patch');
  for (const [index, issue] of objectsOf(patch['resolves']).entries())
    if (!issueTypes.has(issue['type'] as string)) throw wrong([...path, 'resolves', index, 'type'], 'this is no type of issue');
}

/** Before 1.6 a property needs nothing. */
export function checkProperties(properties: unknown, path: Path, specVersion: string): void {
  if (Number(specVersion.slice(2)) < 6) return;
  for (const [index, property] of objectsOf(properties, 10_000).entries()) {
    if (typeof property['name'] !== 'string') throw wrong([...path, index], 'the property has no name');
    const other = Object.keys(property).find((key) => key !== 'name' && key !== 'value');
    if (other !== undefined) throw wrong([...path, index], 'a property has a name and a value, and nothing else');
  }
}

/** Either one expression or a list of licences, each with an id or a name; 1.7 lets them stand beside each other. */
export function checkLicences(licences: unknown, path: Path, specVersion: string): void {
  const choices = objectsOf(licences, 10_000);
  for (const [index, choice] of choices.entries()) {
    const { license, expression } = choice;
    const licence = objectOf(license);
    if ((licence === undefined) === (expression === undefined))
      throw wrong([...path, index], 'this is neither a licence nor an expression');
    if (licence && (typeof licence['id'] === 'string') === (typeof licence['name'] === 'string'))
      throw wrong([...path, index], 'a licence has either an id or a name');
    if (licence && typeof licence['id'] === 'string' && !isLicence(licence['id']))
      throw wrong([...path, index, 'license', 'id'], 'this is no licence of the SPDX list: a licence that is not there has a name');
    checkProperties(licence?.['properties'], [...path, index, 'license', 'properties'], specVersion);
    const encoding = objectOf(licence?.['text'])?.['encoding'];
    if (encoding !== undefined && encoding !== 'base64') throw wrong([...path, index], 'this is no encoding of a text');
    if (expression !== undefined && choices.length > 1 && specVersion !== '1.7')
      throw wrong([...path, index], 'an expression stands alone');
  }
}

/** The list of the format names exceptions, too. */
function isLicence(id: string): boolean {
  return licenceIds.has(id) || /-exception(?:-|$)/i.test(id);
}

export function wrong(path: Path, why: string): ReportRefused {
  return new ReportRefused(`this is no CycloneDX: ${why}`, { pointer: pointerOf(path) });
}
