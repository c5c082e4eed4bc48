import { LineFinder, listOf, type Suppression, type SuppressionReader } from '../suppression.ts';

/**
 * `.secrets.baseline` of detect-secrets: `results` by file, each with `type`, `line_number` and a hash that is not taken along
 * (github.com/Yelp/detect-secrets, "Baseline"). `is_secret: true` is an audited leak and asks for nothing.
 */
export const secretsBaseline: SuppressionReader = {
  name: 'secrets-baseline',
  reads: (path) => /(?:^|\/)\.secrets\.baseline$/.test(path),
  read: (text) => {
    const root = fieldsOf(JSON.parse(text));
    const finder = new LineFinder(text);
    return Object.entries(fieldsOf(root['results'])).flatMap(([path, found]) =>
      listOf(found).flatMap((each): readonly Suppression[] => {
        const { type, line_number: at, is_secret: leaked } = fieldsOf(each);
        if (leaked === true || typeof at !== 'number' || !Number.isSafeInteger(at) || at < 1) return [];
        const line = finder.lineOf(`"line_number": ${at}`);
        const mark = `${typeof type === 'string' ? type : 'secret'} in ${path}:${at}`.slice(0, 100);
        return [{ tool: 'detect-secrets', line, mark, covers: { class: 'secret', path, lines: { from: at, to: at } } }];
      }),
    );
  },
};

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
