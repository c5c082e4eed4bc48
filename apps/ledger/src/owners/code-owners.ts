import { expressionMatcher, globMatcher, likeFnmatch, likeGitignore, type Matches } from './patterns.ts';

export const dialects = ['github', 'gitlab', 'gitea', 'bitbucket'] as const;
export type Dialect = (typeof dialects)[number];

/** Who owns what by one file. */
export interface CodeOwners {
  /** None: somebody wrote that nobody owns it. Undefined: no line speaks about it. */
  readonly ownersOf: (path: string) => readonly string[] | undefined;
  /** Lines that cannot be read, counted from 1; they count for nothing. */
  readonly faults: readonly number[];
}

interface Rule {
  readonly matches: Matches;
  readonly owners: readonly string[];
  /** Takes out what it matches (GitLab, Bitbucket), or matches all else (Gitea). */
  readonly turned: boolean;
}

interface Section {
  readonly rules: Rule[];
  readonly defaults: readonly string[];
}

/** Longer ones are read no further: GitHub ignores files beyond 3 MB. */
const mostLines = 5000;
const mostOwners = 20;
const owner = /^(?:@{1,2}[\w][\w./-]{0,199}|[^\s@<>]{1,100}@[\w.-]{1,100})$/;
const heading = /^(\^)?\[([^\]]{1,200})\](?:\[\d+\])?(?:\s+(.*))?$/;

/** Reads a file as its host does. The name of an owner is a name, no address that anything is sent to. */
export function codeOwners(text: string, dialect: Dialect): CodeOwners {
  const faults: number[] = [];
  const sections = new Map<string, Section>([['', { rules: [], defaults: [] }]]);
  const groups = new Map<string, readonly string[]>();
  let section = sections.get('')!;
  for (const [index, raw] of text.split(/\r?\n/, mostLines).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || isDirective(line, dialect)) continue;
    if (dialect === 'bitbucket' && line.startsWith('@@@')) {
      const [name = '', ...members] = wordsOf(line);
      groups.set(name.slice(1), members.filter(isOwner));
      continue;
    }
    const [, , title, defaults] = (dialect === 'gitlab' && heading.exec(line)) || [];
    if (title !== undefined) {
      section = sectionOf(sections, title.trim().toLowerCase(), wordsOf(defaults ?? '').filter(isOwner));
      continue;
    }
    const rule = ruleOf(line, dialect, section.defaults, groups);
    if (rule) section.rules.push(rule);
    else faults.push(index + 1);
  }
  const all = [...sections.values()].map(({ rules }) => rules);
  return { ownersOf: (path) => (dialect === 'gitea' ? ofAll(all[0]!, path) : ofSections(all, path)), faults };
}

/** Sections of one name are one; the first that has default owners gives them. */
function sectionOf(sections: Map<string, Section>, name: string, defaults: readonly string[]): Section {
  const known = sections.get(name);
  if (known) return { rules: known.rules, defaults: defaults.length > 0 ? defaults : known.defaults };
  const made = { rules: [], defaults };
  sections.set(name, made);
  return made;
}

function ruleOf(
  line: string,
  dialect: Dialect,
  defaults: readonly string[],
  groups: ReadonlyMap<string, readonly string[]>,
): Rule | undefined {
  const [first = '', ...words] = wordsOf(line);
  const turned = first.startsWith('!');
  if (turned && dialect === 'github') return undefined;
  const pattern = turned ? first.slice(1) : first;
  const named = words.flatMap((word) => groups.get(word) ?? [word]);
  if (!named.every(isOwner)) return undefined;
  const owners = (named.length > 0 ? named : defaults).slice(0, mostOwners);
  if (dialect === 'github' && /[[\]]/.test(pattern)) return undefined;
  const matches =
    dialect === 'gitea' ? expressionMatcher(pattern) : globMatcher(pattern, dialect === 'gitlab' ? likeFnmatch : likeGitignore);
  return matches && { matches, owners, turned };
}

/** Within a section the last line that matches counts, and what is taken out does not come back; sections stand beside one another. */
function ofSections(sections: readonly (readonly Rule[])[], path: string): readonly string[] | undefined {
  const found = sections.flatMap((rules) => {
    const last = rules.findLast(({ matches }) => matches(path));
    return last === undefined ? [] : [rules.some(({ turned, matches }) => turned && matches(path)) ? [] : last.owners];
  });
  return found.length === 0 ? undefined : [...new Set(found.flat())].slice(0, mostOwners);
}

/** At Gitea all lines that match count together. */
function ofAll(rules: readonly Rule[], path: string): readonly string[] | undefined {
  const found = rules.filter(({ matches, turned }) => matches(path) !== turned);
  return found.length === 0 ? undefined : [...new Set(found.flatMap(({ owners }) => owners))].slice(0, mostOwners);
}

/** Words up to a comment; a space behind a backslash belongs to its word. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:\\.|[^\s\\]|\\(?=\s|$))+/g) ?? [];
  const comment = words.findIndex((word, index) => index > 0 && word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

function isOwner(word: string): boolean {
  return owner.test(word);
}

/** Settings that stand in the file beside its rules. */
function isDirective(line: string, dialect: Dialect): boolean {
  return dialect === 'bitbucket' && /^(?:CODEOWNERS\.|Check\()/.test(line);
}
