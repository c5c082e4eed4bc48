import { ScmCallFailed } from '../client.ts';
import { isPath } from '../site.ts';

/** `projects/<path>`, the path as one encoded segment; throws before anything is sent. */
export function projectPath(fullName: string): readonly string[] {
  if (!fullName.includes('/') || !isPath(fullName))
    throw new ScmCallFailed(`${JSON.stringify(fullName.slice(0, 100))} is no path of a project`, false);
  return ['projects', fullName];
}
