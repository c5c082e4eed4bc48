import { TextDecoder } from 'node:util';
import type { Foreign } from '../../foreign.ts';
import type { OpenReport } from '../../readers/reader.ts';
import { ReportRefused } from '../../readers/report-refused.ts';
import type { Draft } from '../sbom.ts';
import { draftOf, toolOf, type Relationship } from './packages.ts';

const tagForm = /^([A-Za-z][A-Za-z0-9]*): *(.*)$/;
const mostBytes = 512 * 1024 * 1024;
const longestText = 1024 * 1024;

interface Field {
  readonly tag: string;
  readonly value: string;
  readonly line: number;
}

/** Whether a text begins as an SPDX document of tags and values does. */
export function isTagValue(text: string): boolean {
  const first = text.split(/\r?\n/, 200).find((line) => line.trim() !== '' && !line.startsWith('#'));
  return first !== undefined && /^SPDXVersion: *SPDX-/.test(first);
}

/** Reads tags and values line by line; what follows `FileName` or `SnippetSPDXID` is about files and passed over. */
export async function readTagValue(open: OpenReport): Promise<Draft> {
  const packages: { package: Record<string, unknown>; path: string[] }[] = [];
  const relationships: Relationship[] = [];
  const creators: string[] = [];
  let [spdxVersion, name]: (string | undefined)[] = [];
  let about: Record<string, unknown> | undefined;
  for await (const { tag, value, line } of fieldsOf(open())) {
    if (tag === 'SPDXVersion') spdxVersion = value;
    else if (tag === 'DocumentName') name = value;
    else if (tag === 'Creator') creators.push(value);
    else if (tag === 'PackageName') packages.push({ package: (about = { name: value }), path: [`line ${line}`] });
    else if (tag === 'FileName' || tag === 'SnippetSPDXID' || tag === 'LicenseID') about = undefined;
    else if (tag === 'Relationship') relationships.push(relationshipOf(value, line));
    else if (about) take(about, tag, value);
  }
  return draftOf({ spdxVersion, name, packages, relationships, describes: [], tool: toolOf(creators) });
}

const plain: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageLicenseDeclared: 'licenseDeclared',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
};

/** A field of a package under the name that JSON has for it. */
function take(about: Record<string, unknown>, tag: string, value: string): void {
  const add = (list: string, item: Foreign): void => void (about[list] = [...((about[list] ?? []) as Foreign[]), item]);
  if (Object.hasOwn(plain, tag)) about[plain[tag]!] = value;
  const [, category, referenceType, referenceLocator] = (tag === 'ExternalRef' && /^(\S+) +(\S+) +(\S+)$/.exec(value)) || [];
  if (category !== undefined) add('externalRefs', { referenceType, referenceLocator });
  const [, algorithm, checksumValue] = (tag === 'PackageChecksum' && /^(\S+): *(\S+)$/.exec(value)) || [];
  if (algorithm !== undefined) add('checksums', { algorithm, checksumValue });
}

function relationshipOf(value: string, line: number): Relationship {
  const [, from, type, to] = /^(\S+) +(\S+) +(\S+)$/.exec(value.trim()) ?? [];
  if (from === undefined) throw new ReportRefused('this is no SPDX: a relationship is no triple', { line, column: 1 });
  return { from, type: type!, to: to! };
}

async function* fieldsOf(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Field> {
  let open: { tag: string; value: string; line: number } | undefined;
  let number = 0;
  for await (const text of linesIn(bytes)) {
    number += 1;
    if (open) {
      open.value += `\n${text}`;
      if (open.value.length > longestText) throw new ReportRefused(`a text has more than ${longestText} characters`, { line: open.line });
    } else {
      if (text.trim() === '' || text.startsWith('#')) continue;
      const [, tag, value] = tagForm.exec(text) ?? [];
      if (tag === undefined) throw new ReportRefused('this is no SPDX: the line has no tag', { line: number, column: 1 });
      open = { tag, value: value!.trim(), line: number };
    }
    if (open.value.startsWith('<text>') && !open.value.includes('</text>')) continue;
    yield { ...open, value: open.value.replace(/^<text>([\s\S]*)<\/text>$/, '$1') };
    open = undefined;
  }
  if (open) throw new ReportRefused('the document breaks off within a text', { line: open.line, column: 1 });
}

async function* linesIn(bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let read = 0;
  for await (const chunk of bytes) {
    read += chunk.byteLength;
    if (read > mostBytes) throw new ReportRefused(`the document has more than ${mostBytes} bytes`);
    rest += decoded(decoder, chunk);
    const lines = rest.split(/\r?\n/);
    rest = lines.pop()!;
    if (rest.length > longestText) throw new ReportRefused(`a line has more than ${longestText} characters`);
    yield* lines;
  }
  rest += decoded(decoder);
  if (rest !== '') yield rest;
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new ReportRefused('the document is not written in UTF-8');
  }
}
