import type { Elf } from './elf.ts';
import { languagePackage, type LanguagePackage } from './language-package.ts';

const mark = Buffer.from('\xff Go buildinf:', 'latin1');
const inline = 2;
const headLength = 32;
/** Both ends of the list of modules are marked so that the linker finds it. */
const markLength = 16;

/** The modules of a program, and the Go that built it, as `go version -m` shows them. */
export function goModulesIn(elf: Elf, file: Buffer): readonly LanguagePackage[] {
  const info = infoIn(elf, file);
  if (!info) return [];
  const [version, listed] = info;
  const [, release] = /^go(\d+(?:\.\d+)*(?:(?:rc|beta)\d+)?)/.exec(version) ?? [];
  return [...(release === undefined ? [] : [languagePackage('golang', 'stdlib', release)]), ...modulesIn(listed)];
}

/** Where a program has lost its sections, the mark is still there, on a border of 16 bytes. */
function infoIn(elf: Elf, file: Buffer): readonly [version: string, modules: string] | undefined {
  const section = elf.section('.go.buildinfo');
  const found = section ?? afterMark(file);
  if (!found || found.length < headLength || !found.subarray(0, mark.length).equals(mark)) return undefined;
  if ((found[15]! & inline) !== 0) {
    const [version, next] = bytesAt(found, headLength);
    return [version.toString('utf8'), withoutMarks(bytesAt(found, next)[0])];
  }
  // Before Go 1.18 there were two addresses of texts.
  const bytes = found[14]! as 4 | 8;
  if (bytes !== elf.wordBytes) return undefined;
  const [version, modules] = [16, 16 + bytes].map((at) => textBehind(elf, found, at));
  return version && [version.toString('utf8'), withoutMarks(modules ?? Buffer.alloc(0))];
}

function afterMark(file: Buffer): Buffer | undefined {
  for (let at = file.indexOf(mark); at >= 0; at = file.indexOf(mark, at + 1)) if (at % 16 === 0) return file.subarray(at);
  return undefined;
}

function bytesAt(bytes: Buffer, from: number): readonly [found: Buffer, next: number] {
  let [length, at] = [0, from];
  for (let shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(at);
    at += 1;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80 || shift > 28) break;
  }
  return [bytes.subarray(at, at + length), at + length];
}

function textBehind(elf: Elf, info: Buffer, at: number): Buffer | undefined {
  const word = (bytes: Buffer): number => {
    if (elf.wordBytes === 4) return elf.isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    return Number(elf.isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  };
  const header = word(info);
  const [address, length] = [elf.wordAt(header), elf.wordAt(header + elf.wordBytes)];
  return address === undefined || length === undefined ? undefined : elf.bytesAt(address, length);
}

function withoutMarks(bytes: Buffer): string {
  const marked = bytes.length > 2 * markLength && bytes.at(-markLength - 1) === 0x0a;
  return marked ? bytes.toString('utf8', markLength, bytes.length - markLength) : '';
}

function modulesIn(text: string): readonly LanguagePackage[] {
  const found: { path: string; version: string }[] = [];
  for (const line of text.split('\n')) {
    const [kind, path, version = ''] = line.split('\t');
    if (path === undefined || path === '') continue;
    if (kind === 'mod' || kind === 'dep') found.push({ path, version });
    // What stands in for the module before it.
    if (kind === '=>') found.splice(-1, 1, { path, version });
  }
  return found.flatMap(({ path, version }) => {
    if (!/^v\d/.test(version)) return [];
    const slash = path.lastIndexOf('/');
    return [languagePackage('golang', path.slice(slash + 1), version, { namespace: slash < 0 ? undefined : path.slice(0, slash) })];
  });
}
