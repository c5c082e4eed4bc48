/** Selectors as a tree: one level per level of the document. */
export interface Selection {
  readonly fixed: Map<string, Selection>;
  /** `*`: every key and every index. */
  any?: Selection;
  /** The selector that ends here: the value is wanted whole. */
  selector?: string;
  /** How the path to here is written. */
  readonly pattern: string;
}

/** Reads selectors such as `$.runs.*.results.*`, or `/report/site/alert` where `/` stands between the steps. */
export function selectionOf(selectors: readonly string[], separator: '.' | '/' = '.'): Selection {
  const root = node(separator === '.' ? '$' : '');
  for (const selector of selectors) {
    let at = root;
    for (const step of selector.split(separator).slice(1)) {
      const pattern = `${at.pattern}${separator}${step}`;
      at = step === '*' ? (at.any ??= node(pattern)) : fixed(at, step, pattern);
    }
    at.selector = selector;
  }
  return root;
}

/** What is wanted below a key or index; undefined when nothing is. */
export function below(selection: Selection | undefined, step: string | number): Selection | undefined {
  return (typeof step === 'string' ? selection?.fixed.get(step) : undefined) ?? selection?.any;
}

function fixed(at: Selection, step: string, pattern: string): Selection {
  const known = at.fixed.get(step) ?? node(pattern);
  at.fixed.set(step, known);
  return known;
}

function node(pattern: string): Selection {
  return { fixed: new Map(), pattern };
}
