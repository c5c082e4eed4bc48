import { LineCounter, parseDocument, type Document } from 'yaml';
import type { ReportReader } from '../readers/reader.ts';
import { mappedReader } from './mapped-reader.ts';
import { mappingOf } from './mapping.ts';
import { MappingRefused, type MappingFlaw } from './mapping-refused.ts';
import { MappingNode } from './node.ts';

/** Largest mapping, in bytes. */
export const maxMappingBytes = 64 * 1024;
const mostFlaws = 50;

/** Reads a mapping (YAML or JSON) and makes a reader of it; throws `MappingRefused` with the place of every flaw. */
export function readMapping(text: string): ReportReader {
  if (Buffer.byteLength(text) > maxMappingBytes)
    throw new MappingRefused([{ pointer: '', detail: `has more than ${maxMappingBytes} bytes` }]);
  const lines = new LineCounter();
  const document = parsed(text, lines);
  const broken = document.errors.map(({ pos, message }) => ({
    pointer: '',
    line: lines.linePos(pos[0]).line,
    detail: `is no YAML: ${message}`,
  }));
  if (broken.length > 0) throw new MappingRefused(broken.slice(0, mostFlaws));
  const flaws: MappingFlaw[] = [];
  const tell = (pointer: string, detail: string): void => {
    if (flaws.length < mostFlaws) flaws.push({ pointer, detail, ...lineAt(document, lines, pointer) });
  };
  const mapping = mappingOf(new MappingNode(content(document), tell));
  if (flaws.length > 0) throw new MappingRefused(flaws);
  return mappedReader(mapping);
}

function parsed(text: string, lines: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: true });
  } catch (error) {
    // The parser goes one call deeper for each level.
    if (!(error instanceof RangeError)) throw error;
    throw new MappingRefused([{ pointer: '', detail: 'is nested too deeply' }]);
  }
}

/** Aliases are refused: they are how a small document becomes a huge one. */
function content(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new MappingRefused([{ pointer: '', detail: 'has aliases: write them out' }]);
  }
}

/** The line of the place, or of what is nearest above it. */
function lineAt(document: Document, lines: LineCounter, pointer: string): { readonly line?: number } {
  const path = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { readonly range?: readonly number[] } | undefined;
    if (node?.range) return { line: lines.linePos(node.range[0]!).line };
  }
  return {};
}
