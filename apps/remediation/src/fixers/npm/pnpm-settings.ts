import type { Override } from '../../locks/lock.ts';
import { objectOf, textOf } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import { cutAt, scalar } from './pnpm-text.ts';
import { setIn, type Settings } from './package-json.ts';

/** The settings with an override: in the file in which the project has its own, or from which its pnpm reads them. */
export function withPnpmOverride(settings: Settings, { dependent, name, version }: Override): Settings {
  const key = dependent === undefined ? name : `${dependent}>${name}`;
  const { manifest, workspace } = settings;
  const fields = objectOf(JSON.parse(manifest));
  const keys = cutAt(workspace ?? '', 0).parts.map((part) => part.key);
  const major = Number(/^pnpm@(\d+)/.exec(textOf(fields['packageManager']))?.[1] ?? 0);
  if (fields['pnpm'] === undefined && (major >= 11 || keys.includes('overrides'))) {
    if (workspace === undefined)
      throw new FixRefused(`${name} has to be overridden in pnpm-workspace.yaml, which the project does not have`);
    return { manifest, workspace: withEntry(workspace, key, version) };
  }
  return { manifest: setIn(manifest, ['pnpm', 'overrides', key], version), workspace };
}

function withEntry(text: string, key: string, version: string): string {
  const line = `  ${scalar(key)}: ${scalar(version)}\n`;
  const { head, parts } = cutAt(text, 0);
  if (!parts.some((part) => part.key === 'overrides')) return `${text.replace(/\n*$/, '\n')}\noverrides:\n${line}`;
  const written = parts.map(({ key: name, raw }) => {
    if (name !== 'overrides') return raw;
    const end = raw.trimEnd().length;
    return `${raw.slice(0, end)}\n${line}${raw.slice(end + 1)}`;
  });
  return head + written.join('');
}
