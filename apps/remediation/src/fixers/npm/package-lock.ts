import {
  memberOf,
  objectAt,
  readJson,
  removeMembers,
  textAt,
  writeText,
  type JsonMember,
  type JsonNode,
  type JsonObject,
} from '../../editing/json-text.ts';
import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../fixer.ts';
import { asksFor, dependencyFields, raiseRanges, refuseOpposed } from './package-json.ts';
import { sameName } from './range.ts';

const allFields = [...dependencyFields, 'peerDependencies'];
const maxNesting = 50;

/** Raises a package in package-lock.json (lockfileVersion 1 to 3); every byte that need not change stays. */
export function raisePackageLock(path: string, text: string, change: VersionChange): string {
  const root = readJson(text);
  const packages = objectAt(root, 'packages');
  const tree = objectAt(root, 'dependencies');
  const edits = [...packageEdits(path, packages, change), ...(tree ? treeEdits([tree], change, packages === undefined) : [])];
  if (edits.length === 0) throw new FixRefused(`${path} does not hold ${change.name} ${change.from.join(', ')}`);
  return applyEdits(text, edits);
}

/** `packages`: one entry per folder, the repository's own among them. */
function packageEdits(path: string, packages: JsonObject | undefined, change: VersionChange): readonly TextEdit[] {
  const entries = new Map((packages?.members ?? []).map((member) => [member.key, member]));
  const affected = new Set([...entries.values()].filter((entry) => isAffected(entry, change)).map(({ key }) => key));
  const folders = new Set([change.name, ...[...affected].map(folderName)]);
  const edits: TextEdit[] = [];
  for (const entry of entries.values()) {
    if (affected.has(entry.key)) edits.push(...entryEdits(entry.value, change));
    if (!asksFor(entry.value, change.name, allFields)) continue;
    const found = resolvedBy(entry, entries, folders);
    if (found === undefined || !affected.has(found)) continue;
    if (isOwn(entry.key)) edits.push(...raiseRanges(path, entry.value, change, dependencyFields));
    else refuseOpposed(nameOf(entry), entry.value, change, allFields);
  }
  return edits;
}

/** `dependencies` of lockfileVersion 1 and 2: a tree. Only where there are no `packages` does it tell who asks for what. */
function treeEdits(scopes: readonly JsonObject[], change: VersionChange, alone: boolean): readonly TextEdit[] {
  if (scopes.length > maxNesting) throw new FixRefused(`the tree of dependencies nests deeper than ${maxNesting} levels`);
  return (scopes.at(-1)?.members ?? []).flatMap(({ key, value }) => {
    const inner = objectAt(value, 'dependencies');
    const below = inner ? [...scopes, inner] : scopes;
    const installed = installedAs(key, value);
    if (alone) refuseRequiring(key, value, below, change);
    return [
      ...(isAffectedTree(key, value, change) ? entryEdits(value, change, installed.prefix) : []),
      ...(inner ? treeEdits(below, change, alone) : []),
    ];
  });
}

/** Throws when a package asks for a range without the fixed version of an entry that changes. */
function refuseRequiring(dependent: string, entry: JsonNode, scopes: readonly JsonObject[], change: VersionChange): void {
  for (const { key } of objectAt(entry, 'requires')?.members ?? []) {
    const found = scopes.findLast((scope) => memberOf(scope, key) !== undefined);
    const target = found && memberOf(found, key);
    if (target && isAffectedTree(key, target.value, change)) refuseOpposed(dependent, entry, change, ['requires']);
  }
}

function isAffectedTree(key: string, entry: JsonNode, change: VersionChange): boolean {
  const { name, version } = installedAs(key, entry);
  return sameName(name, change.name) && change.from.includes(version);
}

/** An alias is installed under another name: `npm:<name>@<version>`. */
function installedAs(key: string, entry: JsonNode): { readonly name: string; readonly version: string; readonly prefix: string } {
  const version = textAt(entry, 'version') ?? '';
  const alias = /^(npm:((?:@[^/@]+\/)?[^@]+)@)(.*)$/.exec(version);
  return alias ? { name: alias[2]!, version: alias[3]!, prefix: alias[1]! } : { name: key, version, prefix: '' };
}

/** New version; the address follows it where it can be told, the checksum belongs to the old archive. */
function entryEdits(entry: JsonNode, change: VersionChange, prefix = ''): readonly TextEdit[] {
  if (entry.kind !== 'object') return [];
  const version = textAt(entry, 'version')!;
  const resolved = memberOf(entry, 'resolved');
  const address = resolved && textAt(entry, 'resolved');
  const moved = address === undefined ? undefined : movedAddress(address, version.replace(prefix, ''), change.to);
  const gone = ['integrity', ...(resolved && moved === undefined ? ['resolved'] : [])];
  return [
    writeText(memberOf(entry, 'version')!.value, `${prefix}${change.to}`),
    ...(resolved && moved !== undefined ? [writeText(resolved.value, moved)] : []),
    ...removeMembers(entry, gone),
  ];
}

/** The archive's address of another version: only its file name changes, never the host. */
function movedAddress(address: string, from: string, to: string): string | undefined {
  const match = /^(https?:\/\/[^?#]+\/-\/[^/?#]+-)([^/?#]+)(\.tgz)$/.exec(address);
  return match && match[2] === from ? `${match[1]}${to}${match[3]}` : undefined;
}

function isAffected(entry: JsonMember, change: VersionChange): boolean {
  return !isOwn(entry.key) && sameName(nameOf(entry), change.name) && change.from.includes(textAt(entry.value, 'version') ?? '');
}

/** The repository's own packages lie outside node_modules. */
function isOwn(key: string): boolean {
  return !key.split('/').includes('node_modules');
}

function nameOf(entry: JsonMember): string {
  return textAt(entry.value, 'name') ?? folderName(entry.key);
}

function folderName(key: string): string {
  return key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Which entry a dependent gets when it asks for the package: the nearest folder upwards, as Node looks for it. */
function resolvedBy(dependent: JsonMember, entries: ReadonlyMap<string, JsonMember>, folders: ReadonlySet<string>): string | undefined {
  for (const folder of folders) {
    for (let at: string | undefined = dependent.key; at !== undefined; at = parentOf(at)) {
      const candidate = `${at === '' ? '' : `${at}/`}node_modules/${folder}`;
      if (entries.has(candidate)) return candidate;
    }
  }
  return undefined;
}

function parentOf(key: string): string | undefined {
  if (key === '') return undefined;
  const at = key.lastIndexOf('/node_modules/');
  if (at >= 0) return key.slice(0, at);
  return key.startsWith('node_modules/') || !key.includes('/') ? '' : key.slice(0, key.lastIndexOf('/'));
}
