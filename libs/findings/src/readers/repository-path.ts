/** Folders in which CI systems and images lay the work tree; what lies below is the path in the repository. */
const workspaces: readonly RegExp[] = [
  /^\/home\/runner\/work\/[^/]+\/[^/]+\//,
  /^\/__w\/[^/]+\/[^/]+\//,
  /^\/github\/workspace\//,
  /^\/builds\/[^/]+\/[^/]+\//,
  /^\/var\/jenkins_home\/workspace\/[^/]+\//,
  /^\/(?:workspace|workspaces\/[^/]+|src|code|app|repo|project|tree)\//,
];

const longestPath = 1024;

/**
 * The path in the repository of a file that a report names, relative and with `/`. Tools write absolute paths of the machine
 * they ran on; of those the part is kept that looks like the repository. Undefined when nothing is left.
 */
export function repositoryPath(path: string): string | undefined {
  const slashed = path
    .replace(/^file:\/\/[^/]*/i, '')
    .replaceAll('\\', '/')
    .replace(/^[A-Za-z]:\//, '/');
  const workspace = workspaces.find((pattern) => pattern.test(slashed));
  const inside = workspace ? slashed.replace(workspace, '') : slashed;
  const parts: string[] = [];
  for (const part of inside.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = parts.join('/');
  return clean === '' || clean.length > longestPath ? undefined : clean;
}
