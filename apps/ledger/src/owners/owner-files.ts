import type { Dialect } from './code-owners.ts';

/** Where a host looks, in its order: the first that is there counts. */
const places: Readonly<Record<Dialect, readonly string[]>> = {
  github: ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'],
  gitlab: ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'],
  gitea: ['CODEOWNERS', 'docs/CODEOWNERS', '.gitea/CODEOWNERS', '.forgejo/CODEOWNERS'],
  bitbucket: ['.bitbucket/CODEOWNERS', 'CODEOWNERS'],
};
const anywhere = [...new Set(['.github/CODEOWNERS', ...Object.values(places).flat()])];

const hosts: readonly (readonly [RegExp, Dialect])[] = [
  [/github/, 'github'],
  [/gitlab/, 'gitlab'],
  [/bitbucket/, 'bitbucket'],
  [/gitea|forgejo|codeberg/, 'gitea'],
];

/** Where the file of a repository may be. */
export function placesFor(repository: string): readonly string[] {
  const dialect = dialectOfHost(repository);
  return dialect ? places[dialect] : anywhere;
}

/** How a file is to be read: as its host does where its name tells, else by the folder that it lies in, else by what only one host has. */
export function dialectOf(repository: string, path: string, text: string): Dialect {
  const folder = /^\.(github|gitlab|gitea|forgejo|bitbucket)\//.exec(path)?.[1];
  const ofFolder = folder === 'forgejo' ? 'gitea' : (folder as Dialect | undefined);
  return dialectOfHost(repository) ?? ofFolder ?? dialectOfText(text);
}

function dialectOfHost(repository: string): Dialect | undefined {
  const host = repository.split('/', 1)[0]!.toLowerCase();
  return hosts.find(([name]) => name.test(host))?.[1];
}

function dialectOfText(text: string): Dialect {
  if (/^\s*\^?\[[^\]\n]+\]/m.test(text)) return 'gitlab';
  if (/^\s*@@@\w/m.test(text)) return 'bitbucket';
  return /^\s*!?\S*(?:\.\*|\\\.)\S*\s+@/m.test(text) ? 'gitea' : 'github';
}
