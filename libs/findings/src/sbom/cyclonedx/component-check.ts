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
    if (!patchTypes.has(patch['type'] as string)) throw wrong([...path, 'pedigree', 'patches', index], 'this is no type of patch');
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

/** Either one expression or a list of licences, each with an id or a name; 1.7 lets them stand beside each other. */
function checkLicences(licences: unknown, path: Path, specVersion: string): void {
  const choices = objectsOf(licences, 10_000);
  for (const [index, choice] of choices.entries()) {
    const { license, expression } = choice;
    const licence = objectOf(license);
    if ((licence === undefined) === (expression === undefined))
      throw wrong([...path, index], 'this is neither a licence nor an expression');
    if (licence && (typeof licence['id'] === 'string') === (typeof licence['name'] === 'string'))
      throw wrong([...path, index], 'a licence has either an id or a name');
    const encoding = objectOf(licence?.['text'])?.['encoding'];
    if (encoding !== undefined && encoding !== 'base64') throw wrong([...path, index], 'this is no encoding of a text');
    if (expression !== undefined && choices.length > 1 && specVersion !== '1.7')
      throw wrong([...path, index], 'an expression stands alone');
  }
}

export function wrong(path: Path, why: string): ReportRefused {
  return new ReportRefused(`this is no CycloneDX: ${why}`, { pointer: pointerOf(path) });
}
