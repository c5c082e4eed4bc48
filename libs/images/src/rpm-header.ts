import { LayerRefused } from './layer-refused.ts';

/** An installed RPM, as its header says. */
export interface RpmPackage {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly licence?: string;
  /** File name of the source package. */
  readonly source?: string;
  /** Files that it brought, without leading slash. */
  readonly files: readonly string[];
}

const tags = { name: 1000, version: 1001, release: 1002, epoch: 1003, licence: 1014, architecture: 1022, source: 1044 };
const fileTags = { folderOf: 1116, name: 1117, folder: 1118 };
const mostFiles = 100_000;
const types = { int32: 4, text: 6, texts: 8, translated: 9 };
const entrySize = 16;
const longest = 300;

/**
 * Reads a header as databases of RPM hold it: counts, entries (tag, type, offset, count), data. Undefined for keys of signatures,
 * which are listed among the packages.
 */
export function rpmPackageIn(header: Buffer): RpmPackage | undefined {
  if (header.length < 8) throw broken();
  const [entries, bytes] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const data = 8 + entries * entrySize;
  if (data + bytes > header.length) throw broken();
  const values = new Map<number, Value>();
  for (let at = 8; at < data; at += entrySize) {
    const [tag, type, offset, count] = [0, 4, 8, 12].map((place) => header.readUInt32BE(at + place)) as [number, number, number, number];
    values.set(tag, { type, at: data + offset, count });
  }
  const text = (tag: number): string | undefined => {
    const value = values.get(tag);
    if (!value || ![types.text, types.texts, types.translated].includes(value.type)) return undefined;
    const end = header.indexOf(0, value.at);
    const found = end < 0 ? '' : header.toString('utf8', value.at, end);
    return found === '' || found === '(none)' ? undefined : found.slice(0, longest);
  };
  const [name, version, release] = [tags.name, tags.version, tags.release].map(text);
  if (name === undefined || version === undefined || release === undefined) throw broken();
  if (name === 'gpg-pubkey') return undefined;
  const epoch = values.get(tags.epoch);
  const [architecture, licence, source] = [tags.architecture, tags.licence, tags.source].map(text);
  return {
    ...{ name, version, release },
    ...(epoch?.type === types.int32 && epoch.at + 4 <= header.length && { epoch: header.readUInt32BE(epoch.at) }),
    ...(architecture !== undefined && { architecture }),
    ...(licence !== undefined && { licence }),
    ...(source !== undefined && { source }),
    files: filesIn(header, values),
  };
}

interface Value {
  readonly type: number;
  readonly at: number;
  readonly count: number;
}

/** Names of files, each with the number of its folder. */
function filesIn(header: Buffer, values: ReadonlyMap<number, Value>): readonly string[] {
  const [names, folders] = [fileTags.name, fileTags.folder].map((tag) => textsAt(header, values.get(tag))) as [string[], string[]];
  const numbers = values.get(fileTags.folderOf);
  if (!numbers || numbers.count < names.length) return [];
  return names.map((name, index) => `${folders[header.readUInt32BE(numbers.at + 4 * index)] ?? ''}${name}`.replace(/^\//, ''));
}

function textsAt(header: Buffer, value: Value | undefined): string[] {
  const texts: string[] = [];
  if (value?.type !== types.texts || value.count > mostFiles) return texts;
  for (let at = value.at; texts.length < value.count;) {
    const end = header.indexOf(0, at);
    if (end < 0) throw broken();
    texts.push(header.toString('utf8', at, end));
    at = end + 1;
  }
  return texts;
}

function broken(): LayerRefused {
  return new LayerRefused('the database of installed RPMs has a package that cannot be read');
}
