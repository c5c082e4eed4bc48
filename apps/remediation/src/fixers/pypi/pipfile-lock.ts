import { memberOf, readJson, removeMembers, textAt, writeText } from '../../editing/json-text.ts';
import { applyEdits, type TextEdit } from '../../editing/text-edit.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { normalName } from './names.ts';

/** Raises a package in Pipfile.lock; its hashes are those of the old archives and are taken out. */
export function raisePipfileLock(path: string, text: string, change: VersionChange): string {
  const root = readJson(text);
  const groups = root.kind === 'object' ? root.members.filter(({ key }) => key !== '_meta').map(({ value }) => value) : [];
  const edits = groups.flatMap((group): readonly TextEdit[] => {
    if (group.kind !== 'object') return [];
    return group.members.flatMap(({ key, value }) => {
      const pinned = textAt(value, 'version')?.replace(/^==/, '');
      const ours = normalName(key) === normalName(change.name) && pinned !== undefined && change.from.includes(pinned);
      if (!ours || value.kind !== 'object') return [];
      return [writeText(memberOf(value, 'version')!.value, `==${change.to}`), ...removeMembers(value, ['hashes'])];
    });
  });
  if (edits.length === 0) throw new FixRefused(`${path} does not hold ${change.name} ${change.from.join(', ')}`);
  return applyEdits(text, edits);
}
