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

/** Reads selectors such as `$.runs.*.results.*`. */
export function selectionOf(selectors: readonly string[]): Selection {
  const root = node('$');
  for (const selector of selectors) {
    let at = root;
    for (const step of selector.split('.').slice(1)) at = step === '*' ? (at.any ??= node(`${at.pattern}.*`)) : fixed(at, step);
    at.selector = selector;
  }
  return root;
}

/** What is wanted below a key or index; undefined when nothing is. */
export function below(selection: Selection | undefined, step: string | number): Selection | undefined {
  return (typeof step === 'string' ? selection?.fixed.get(step) : undefined) ?? selection?.any;
}

function fixed(at: Selection, step: string): Selection {
  const known = at.fixed.get(step) ?? node(`${at.pattern}.${step}`);
  at.fixed.set(step, known);
  return known;
}

function node(pattern: string): Selection {
  return { fixed: new Map(), pattern };
}
