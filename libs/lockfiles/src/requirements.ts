import type { LockedGraph, LockedPackage, LockFormat } from './lock-file.ts';
import { nameOfRequirement, pythonName } from './python-names.ts';

const fileName = /^(?:[\w.-]*[-_.])?requirements(?:[-_.][\w.-]*)?\.(?:txt|in)$|^constraints\.txt$/i;
const forDevelopment = /dev|test|lint|doc|ci|build/i;
const pinned = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([A-Za-z0-9][A-Za-z0-9._+!-]*)\s*$/;

/** One requirement of the file. */
export interface Requirement {
  readonly line: number;
  readonly name: string;
  /** Undefined when it leaves the version open. */
  readonly version: string | undefined;
}

export function isRequirementsFile(file: string): boolean {
  return fileName.test(file);
}

/**
 * pip's requirements: what is pinned with `==`. What it includes with `-r` is a file of the tree with components of its own.
 * In a file compiled by a tool everything stands at one level, so `direct` means: named in the file.
 */
export function requirementsLock(file: string): LockFormat {
  return {
    ecosystem: 'PyPI',
    matches: isRequirementsFile,
    async read(text) {
      const packages = requirementsOf(text).flatMap(({ line, name, version }): LockedPackage[] =>
        version === undefined ? [] : [{ id: `${pythonName(name)}@${version}`, name: pythonName(name), version, line, needs: [] }],
      );
      const ids = packages.map(({ id }) => id);
      return (
        forDevelopment.test(file) ? { packages, runtime: [], development: ids } : { packages, runtime: ids, development: [] }
      ) satisfies LockedGraph;
    },
  };
}

/** The requirements of a file; options, addresses and includes are left out. */
export function requirementsOf(text: string): readonly Requirement[] {
  return logicalLines(text).flatMap(({ line, content }): readonly Requirement[] => {
    const requirement = content
      .replace(/(?:^|\s)#.*$/, '')
      .replace(/\s--?[a-z][\s\S]*$/i, '')
      .split(';')[0]!
      .trim();
    if (requirement === '' || requirement.startsWith('-')) return [];
    const [, name, version] = pinned.exec(requirement) ?? [];
    if (name !== undefined && version !== undefined) return [{ line, name, version }];
    const open = nameOfRequirement(requirement);
    return open === undefined || requirement.includes('://') ? [] : [{ line, name: open, version: undefined }];
  });
}

function logicalLines(text: string): readonly { readonly line: number; readonly content: string }[] {
  const lines: { line: number; content: string }[] = [];
  let open: { line: number; content: string } | undefined;
  text.split(/\r?\n/).forEach((part, index) => {
    open = open ? { line: open.line, content: `${open.content} ${part}` } : { line: index + 1, content: part };
    if (open.content.endsWith('\\')) open.content = open.content.slice(0, -1);
    else {
      lines.push(open);
      open = undefined;
    }
  });
  return open ? [...lines, open] : lines;
}
