import { RE2JS } from 're2js';

/** How a host reads a pattern. */
interface GlobForm {
  /** What stands behind a pattern without a slash at its end lies below it, too. */
  readonly coversBelow: boolean;
  /** Only a slash at the beginning, or also one within, holds a pattern to the root. */
  readonly heldBy: 'first slash' | 'any slash';
}

/** As gitignore has it: GitHub, Bitbucket. */
export const likeGitignore: GlobForm = { coversBelow: true, heldBy: 'any slash' };
/** As Ruby's fnmatch has it, at any depth unless it begins with a slash: GitLab. */
export const likeFnmatch: GlobForm = { coversBelow: false, heldBy: 'first slash' };

const longestPattern = 500;

/** Whether a path matches; undefined for a pattern that cannot be read. Linear in the length of the path, whatever somebody wrote. */
export type Matches = (path: string) => boolean;

export function globMatcher(pattern: string, { coversBelow, heldBy }: GlobForm): Matches | undefined {
  if (pattern.length > longestPattern) return undefined;
  const folder = pattern.endsWith('/');
  const bare = pattern.replace(/^\/+/, '').replace(/\/+$/, '');
  if (bare === '') return pattern === '/' ? undefined : () => false;
  const held = pattern.startsWith('/') || (heldBy === 'any slash' && bare.includes('/'));
  // GitHub's `docs/*` means the files of the folder, not those of its folders.
  const below = folder ? '/.*' : coversBelow && !/(?:^|\/)\*$/.test(bare) ? '(?:/.*)?' : coversBelow && bare === '*' ? '(?:/.*)?' : '';
  return compiled(`${held ? '' : '(?:.*/)?'}${bodyOf(bare)}${below}`);
}

/** A regular expression over the whole path, as Gitea takes it. */
export function expressionMatcher(pattern: string): Matches | undefined {
  return pattern.length > longestPattern ? undefined : compiled(pattern);
}

function compiled(expression: string): Matches | undefined {
  try {
    const pattern = RE2JS.compile(expression, RE2JS.DOTALL);
    return (path) => pattern.matches(path);
  } catch {
    return undefined;
  }
}

function bodyOf(glob: string): string {
  let body = '';
  for (let at = 0; at < glob.length; at += 1) {
    const rest = glob.slice(at);
    if (rest.startsWith('**/') && (at === 0 || glob[at - 1] === '/')) {
      body += '(?:.*/)?';
      at += 2;
    } else if (rest.startsWith('**')) {
      body += '.*';
      at += 1;
    } else if (rest.startsWith('*')) body += '[^/]*';
    else if (rest.startsWith('?')) body += '[^/]';
    else {
      if (rest.startsWith('\\') && rest.length > 1) at += 1;
      body += RE2JS.quote(glob[at]!);
    }
  }
  return body;
}
