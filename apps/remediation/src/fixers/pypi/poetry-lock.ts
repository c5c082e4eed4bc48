import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { admits } from './constraint.ts';
import { normalName } from './names.ts';

interface Block {
  readonly start: number;
  readonly body: string;
}

/** Raises a package in poetry.lock. Its archives and their hashes are those of the old version and are left out. */
export function raisePoetryLock(path: string, text: string, change: VersionChange): string {
  const edits: TextEdit[] = [];
  for (const block of packageBlocks(text)) {
    const name = /^name = "([^"\n]+)"$/m.exec(block.body)?.[1];
    const version = /^version = "([^"\n]+)"$/m.exec(block.body);
    if (name === undefined || !version) continue;
    if (normalName(name) !== normalName(change.name)) refuseOpposed(name, block.body, change);
    else if (change.from.includes(version[1]!)) edits.push(...blockEdits(block, version, change), ...oldHashes(text, name));
  }
  if (edits.length === 0) throw new FixRefused(`${path} does not hold ${change.name} ${change.from.join(', ')}`);
  return applyEdits(text, edits);
}

function* packageBlocks(text: string): Iterable<Block> {
  for (const match of text.matchAll(/^\[\[package\]\]\n(?:(?!^\[\[|^\[metadata)[^\n]*\n?)*/gm))
    yield { start: match.index, body: match[0] };
}

function blockEdits({ start, body }: Block, version: RegExpExecArray, change: VersionChange): readonly TextEdit[] {
  const at = start + version.index + 'version = "'.length;
  const files = /^files = \[\n(?:[ \t]+\{[^\n]*\},?\n)*\]$/m.exec(body);
  return [
    { start: at, end: at + version[1]!.length, text: change.to },
    ...(files ? [{ start: start + files.index, end: start + files.index + files[0].length, text: 'files = []' }] : []),
  ];
}

/** Until poetry 1.4 the archives stood in a section of their own. */
function oldHashes(text: string, name: string): readonly TextEdit[] {
  const section = text.indexOf('\n[metadata.files]\n');
  if (section < 0) return [];
  const key = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const match = new RegExp(`^(?:"${key}"|${key}) = \\[\\n(?:[ \\t]+\\{[^\\n]*\\},?\\n)*\\]$`, 'm').exec(text.slice(section));
  if (!match) return [];
  const from = section + match.index + match[0].indexOf('[');
  return [{ start: from, end: section + match.index + match[0].length, text: '[]' }];
}

function refuseOpposed(dependent: string, body: string, change: VersionChange): void {
  const section = /^\[package\.dependencies\]\n((?:(?!\[)[^\n]*\n?)*)/m.exec(body)?.[1] ?? '';
  for (const line of section.split('\n')) {
    const match = /^"?([\w.-]+)"? = (?:"([^"]*)"|\{[^}]*version = "([^"]*)")/.exec(line);
    if (!match || normalName(match[1]!) !== normalName(change.name)) continue;
    const constraint = match[2] ?? match[3]!;
    if (!admits(constraint, change.to))
      throw new FixRefused(`${dependent} asks for ${change.name} ${constraint}: raise ${dependent} first`);
  }
}
