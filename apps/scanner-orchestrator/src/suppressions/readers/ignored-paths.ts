import { plainPath, type Covers, type Suppression, type SuppressionReader } from '../suppression.ts';

const files: readonly { readonly form: RegExp; readonly tool: string; readonly class: Covers['class'] }[] = [
  { form: /(?:^|\/)\.semgrepignore$/, tool: 'semgrep', class: 'code' },
  { form: /(?:^|\/)\.secretlintignore$/, tool: 'secretlint', class: 'secret' },
];

/**
 * Files in the form of `.gitignore` that name what a scanner passes over (semgrep.dev/docs, "Ignoring files"; the README of
 * secretlint). A name or a folder can be said by an exception, a pattern cannot.
 */
export const ignoredPaths: SuppressionReader = {
  name: 'ignored-paths',
  reads: (path) => files.some(({ form }) => form.test(path)),
  read: (text, path) => {
    const file = files.find(({ form }) => form.test(path))!;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    return text.split('\n').flatMap((full, index): readonly Suppression[] => {
      const pattern = full.trim();
      if (pattern === '' || pattern.startsWith('#') || pattern.startsWith(':')) return [];
      const common = { tool: file.tool, line: index + 1, mark: pattern.slice(0, 100) };
      // Without a slash a name is meant wherever it lies.
      const plain = pattern.replace(/\/$/, '').includes('/') ? plainPath(pattern) : undefined;
      if (plain === undefined) return [{ ...common, unread: 'it is a pattern' }];
      return [{ ...common, covers: { class: file.class, path: folder + plain } }];
    });
  },
};
