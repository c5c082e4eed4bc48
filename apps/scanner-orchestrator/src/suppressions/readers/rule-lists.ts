import { objectOf, readYaml } from '@throughline/lockfiles';
import { LineFinder, listOf, textOf, type Covers, type Suppression, type SuppressionReader } from '../suppression.ts';

/**
 * Configurations that switch rules off for all of a repository: `.hadolint.yaml` (`ignored`), `.checkov.yaml` (`skip-check`),
 * `.bandit` (`skips`), `zizmor.yml` (`rules.<id>.disable` and `.ignore`), `.github/actionlint.yaml` (`ignore`), each as the tool
 * documents its configuration.
 */
export const ruleLists: SuppressionReader = {
  name: 'rule-lists',
  reads: (path) => readers.some(({ form }) => form.test(path)),
  read: (text, path) => readers.find(({ form }) => form.test(path))!.read(text, new LineFinder(text)),
};

interface RuleList {
  readonly form: RegExp;
  readonly read: SuppressionReader['read'] extends (text: string, path: string) => infer Answer
    ? (text: string, finder: LineFinder) => Answer
    : never;
}

const readers: readonly RuleList[] = [
  { form: /(?:^|\/)\.hadolint\.ya?ml$/, read: (text, finder) => inYaml('hadolint', 'configuration', text, 'ignored', finder) },
  { form: /^\.checkov\.ya?ml$/, read: (text, finder) => inYaml('checkov', 'configuration', text, 'skip-check', finder) },
  { form: /(?:^|\/)\.bandit$/, read: bandit },
  { form: /^(?:\.github\/)?zizmor\.ya?ml$/, read: zizmor },
  { form: /^\.github\/actionlint\.ya?ml$/, read: actionlint },
];

async function inYaml(
  tool: string,
  kind: Covers['class'],
  text: string,
  field: string,
  finder: LineFinder,
): Promise<readonly Suppression[]> {
  return ruled(
    tool,
    kind,
    listOf((await readYaml(text))[field]).flatMap((each) => textOf(each) ?? []),
    finder,
  );
}

function ruled(tool: string, kind: Covers['class'], rules: readonly string[], finder: LineFinder): readonly Suppression[] {
  return rules.map((rule): Suppression => {
    const common = { tool, line: finder.lineOf(rule), mark: rule.slice(0, 100) };
    return /^[\w./-]+$/.test(rule) ? { ...common, covers: { class: kind, rule } } : { ...common, unread: 'it is a pattern' };
  });
}

/** An INI file: `skips: B101,B601`. */
function bandit(text: string, finder: LineFinder): readonly Suppression[] {
  const skips = /^\s*skips?\s*[:=](.*)$/m.exec(text)?.[1] ?? '';
  const excluded = /^\s*(?:exclude(?:_dirs)?|targets|tests)\s*[:=].*$/m.exec(text)?.[0];
  const said = ruled(
    'bandit',
    'code',
    skips
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
    finder,
  );
  if (excluded === undefined) return said;
  return [
    ...said,
    { tool: 'bandit', line: finder.lineOf(excluded), mark: excluded.trim().slice(0, 100), unread: 'it chooses what is looked at' },
  ];
}

async function zizmor(text: string, finder: LineFinder): Promise<readonly Suppression[]> {
  return Object.entries(objectOf((await readYaml(text))['rules'])).flatMap(([rule, given]): readonly Suppression[] => {
    const { disable, ignore } = objectOf(given);
    const line = finder.lineOf(rule);
    const common = { tool: 'zizmor', line };
    if (disable === 'true') return [{ ...common, mark: `${rule}: disable`, covers: { class: 'configuration', rule } }];
    return listOf(ignore).map((each): Suppression => {
      const place = textOf(each) ?? '';
      const [, file, at] = /^([^:*]+)(?::(\d{1,7}))?(?::\d+)?$/.exec(place) ?? [];
      const mark = `${rule}: ${place}`.slice(0, 100);
      if (file === undefined) return { ...common, mark, unread: 'it is a pattern' };
      const lines = at === undefined ? {} : { lines: { from: Number(at), to: Number(at) } };
      return { ...common, mark, covers: { class: 'configuration' as const, rule, path: `.github/workflows/${file}`, ...lines } };
    });
  });
}

/** Its patterns are over messages. */
async function actionlint(text: string, finder: LineFinder): Promise<readonly Suppression[]> {
  const root = await readYaml(text);
  const paths = Object.values(objectOf(root['paths'])).flatMap((each) => listOf(objectOf(each)['ignore']));
  return paths
    .flatMap((each) => textOf(each) ?? [])
    .map((mark) => ({ tool: 'actionlint', line: finder.lineOf(mark), mark: mark.slice(0, 100), unread: 'it is a pattern over messages' }));
}
