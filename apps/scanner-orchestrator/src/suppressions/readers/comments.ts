import type { Covers, Suppression, SuppressionReader } from '../suppression.ts';

interface Comment {
  readonly tool: string;
  readonly class: Covers['class'];
  readonly reads: (path: string) => boolean;
  /** A word of it in lower case, to pass over most lines quickly. */
  readonly word: string;
  /** Groups: `ids`, `reason`. */
  readonly form: RegExp;
  /** Which lines of the file it speaks of. */
  readonly lines: (line: number, text: string, all: readonly string[]) => Covers['lines'];
}

const longestLine = 2000;
const mostIds = 20;
const mostInFile = 500;

const prose = /\.(?:md|markdown|rst|adoc)$/i;
const python = (path: string): boolean => path.endsWith('.py');
const script = (path: string): boolean => /\.[cm]?[jt]sx?$/i.test(path);
const yaml = (path: string): boolean => /\.ya?ml$/i.test(path);
const docker = (path: string): boolean => /(?:^|\/)[^/]*(?:docker|container)file[^/]*$/i.test(path);
const code = (path: string): boolean => !prose.test(path);
const any = (): boolean => true;

const here = (line: number): Covers['lines'] => ({ from: line, to: line });
const next = (line: number): Covers['lines'] => ({ from: line + 1, to: line + 1 });

/** A comment that fills its line speaks of the next one, as semgrep has it. */
function hereOrNext(line: number, text: string): Covers['lines'] {
  return /^\s*(?:#|\/\/|--|;|\/\*|<!--|\{#)/.test(text) ? next(line) : here(line);
}

/** To the comment that switches it on again, or to the end. */
function toEnable(line: number, _: string, all: readonly string[]): Covers['lines'] {
  const end = all.findIndex((each, index) => index >= line && each.includes('secretlint-enable'));
  return { from: line, to: end < 0 ? all.length : end + 1 };
}

/**
 * The comments by which scanners are told to say nothing, as each documents them: bandit.readthedocs.io (config, "Exclusions"),
 * semgrep.dev/docs (ignoring code), checkov.io (suppressing and skipping policies), the README of gitleaks ("gitleaks:allow"),
 * github.com/secretlint (rule-filter-comments), docs.zizmor.sh (usage, "With comments"), the README of njsscan, of hadolint
 * ("Inline ignores") and of detect-secrets ("Inline allowlisting").
 */
const comments: readonly Comment[] = [
  {
    ...{ tool: 'bandit', class: 'code', reads: python, word: 'nosec', lines: here },
    form: /#\s*nosec\b:?[ \t]*(?<ids>B\d{3}(?:[ \t,]+B\d{3})*)?/,
  },
  {
    ...{ tool: 'semgrep', class: 'code', reads: code, word: 'nosem', lines: hereOrNext },
    form: /\bnosem(?:grep)?\b(?:\s*:\s*(?<ids>[\w.-]+(?:\s*,\s*[\w.-]+)*))?/,
  },
  {
    ...{ tool: 'njsscan', class: 'code', reads: script, word: 'njsscan-ignore', lines: hereOrNext },
    form: /\bnjsscan-ignore\s*:\s*(?<ids>[\w-]+(?:\s*,\s*[\w-]+)*)/,
  },
  {
    // Within the resource that it speaks of, which begins above.
    ...{ tool: 'checkov', class: 'configuration', reads: code, word: 'checkov', lines: (line) => ({ from: 1, to: line, last: true }) },
    form: /(?:checkov|bridgecrew):\s*skip=\s*(?<ids>(?:CKV|BC)[\w]+)(?::(?<reason>.*))?|checkov\.io\/skip\d+['"]?:\s*['"]?(?<id>CKV\w+)(?:=(?<why>[^'"]*))?/,
  },
  {
    ...{ tool: 'gitleaks', class: 'secret', reads: any, word: 'gitleaks:allow', lines: here },
    form: /\bgitleaks:allow\b/,
  },
  {
    ...{ tool: 'detect-secrets', class: 'secret', reads: any, word: 'allowlist', lines: here },
    form: /\bpragma:\s*(?:allowlist|whitelist)[ -]secret\b/,
  },
  {
    ...{ tool: 'detect-secrets', class: 'secret', reads: any, word: 'allowlist', lines: next },
    form: /\bpragma:\s*(?:allowlist|whitelist)[ -]nextline[ -]secret\b/,
  },
  {
    ...{ tool: 'secretlint', class: 'secret', reads: any, word: 'secretlint-disable-line', lines: here },
    form: /\bsecretlint-disable-line\b/,
  },
  {
    ...{ tool: 'secretlint', class: 'secret', reads: any, word: 'secretlint-disable-next-line', lines: next },
    form: /\bsecretlint-disable-next-line\b/,
  },
  {
    ...{ tool: 'secretlint', class: 'secret', reads: any, word: 'secretlint-disable', lines: toEnable },
    form: /\bsecretlint-disable\b(?!-)/,
  },
  {
    ...{ tool: 'zizmor', class: 'configuration', reads: yaml, word: 'zizmor', lines: here },
    form: /#\s*zizmor:\s*ignore\[(?<ids>[\w-]+(?:\s*,\s*[\w-]+)*)\](?<reason>.*)/,
  },
  {
    ...{ tool: 'hadolint', class: 'configuration', reads: docker, word: 'hadolint', lines: next },
    form: /#\s*hadolint\s+ignore\s*=\s*(?<ids>(?:DL|SC)\d+(?:\s*,\s*(?:DL|SC)\d+)*)/,
  },
  {
    ...{ tool: 'hadolint', class: 'configuration', reads: docker, word: 'hadolint', lines: () => undefined },
    form: /#\s*hadolint\s+global\s+ignore\s*=\s*(?<ids>(?:DL|SC)\d+(?:\s*,\s*(?:DL|SC)\d+)*)/,
  },
];

/** Comments that ask a scanner to say nothing. They say where, so each covers what lies there and nothing that comes later. */
export const inlineComments: SuppressionReader = {
  name: 'comments',
  reads: any,
  words: [...new Set(comments.map(({ word }) => word))],
  read: (text, path) => {
    const forms = comments.filter(({ reads }) => reads(path));
    const lines = text.split('\n');
    const found: Suppression[] = [];
    for (const [index, line] of lines.entries()) {
      if (found.length >= mostInFile) break;
      if (line.length > longestLine) continue;
      const lower = line.toLowerCase();
      for (const form of forms) if (lower.includes(form.word)) found.push(...suppressionsIn(form, path, index + 1, lines));
    }
    return found;
  },
};

function suppressionsIn(comment: Comment, path: string, line: number, all: readonly string[]): readonly Suppression[] {
  const text = all[line - 1]!;
  const match = comment.form.exec(text);
  if (!match) return [];
  const { ids, id, reason, why } = match.groups ?? {};
  const rules = (ids ?? id ?? '').split(/[\s,]+/).filter((each) => each !== '');
  const lines = comment.lines(line, text, all);
  const where = { class: comment.class, path, ...(lines && { lines }) };
  const said = (reason ?? why ?? '').trim().slice(0, 500);
  const common = { tool: comment.tool, line, mark: match[0].trim().slice(0, 100), ...(said !== '' && { reason: said }) };
  const named = rules.slice(0, mostIds).map((rule) => ({ ...common, covers: { ...where, rule } }));
  return named.length > 0 ? named : [{ ...common, covers: where }];
}
