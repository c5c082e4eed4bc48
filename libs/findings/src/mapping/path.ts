/** One step of a path into a result. */
export type Step =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly all: true }
  | { readonly where: readonly string[]; readonly is: string };

/** The steps of a path: `@.location.file`, `@['a.b']`, `@.lines[0]`, `@.cwe[*].id`, `@.identifiers[?(@.type=='cve')].value`. */
export type Path = readonly Step[];

const mostSteps = 20;
/** So many values are looked at, and no more: a path with `*` must not cost what the square of the result does. */
const mostValues = 1_000;

const plainStep = /^\.([A-Za-z_][\w-]*)/;
const indexStep = /^\[(\d{1,6})\]/;
const allStep = /^(?:\[\*\]|\.\*)/;
const quotedStep = /^\['([^'\\]{1,200})'\]/;
const whereStep = /^\[\?\(@((?:\.[A-Za-z_][\w-]*){1,5})\s?==\s?'([^'\\]{0,200})'\)\]/;

/** Reads a path; undefined for what is none. */
export function pathOf(text: string): Path | undefined {
  if (!text.startsWith('@')) return undefined;
  const steps: Step[] = [];
  let rest = text.slice(1);
  while (rest !== '' && steps.length < mostSteps) {
    const [taken, step] = firstStep(rest) ?? [];
    if (taken === undefined || step === undefined) return undefined;
    steps.push(step);
    rest = rest.slice(taken);
  }
  return rest === '' ? steps : undefined;
}

function firstStep(text: string): readonly [number, Step] | undefined {
  const key = plainStep.exec(text) ?? quotedStep.exec(text);
  if (key) return [key[0].length, { key: key[1]! }];
  const index = indexStep.exec(text);
  if (index) return [index[0].length, { index: Number(index[1]) }];
  const all = allStep.exec(text);
  if (all) return [all[0].length, { all: true }];
  const where = whereStep.exec(text);
  return where ? [where[0].length, { where: where[1]!.slice(1).split('.'), is: where[2]! }] : undefined;
}

/** The values at a path, in their order. */
export function valuesAt(path: Path, root: unknown): readonly unknown[] {
  let values: readonly unknown[] = [root];
  for (const step of path) values = values.flatMap((value) => stepInto(step, value)).slice(0, mostValues);
  return values.filter((value) => value !== undefined && value !== null);
}

/** What stands in the list or object that a path ending in `[*]` looks into, with its name or number; undefined where none is. */
export function entriesAt(path: Path, root: unknown): readonly (readonly [string, unknown])[] | undefined {
  const held = valuesAt(path.slice(0, -1), root).filter((value) => typeof value === 'object');
  return held.length === 0 ? undefined : held.flatMap((value) => Object.entries(value as object));
}

/** Whether a path ends in `[*]` or `.*`. */
export function endsInAll(path: Path): boolean {
  const last = path.at(-1);
  return last !== undefined && 'all' in last;
}

function stepInto(step: Step, value: unknown): readonly unknown[] {
  if ('key' in step) return memberOf(value, step.key);
  if ('index' in step) return Array.isArray(value) ? [value[step.index] as unknown] : [];
  const items = itemsOf(value);
  return 'all' in step ? items : items.filter((item) => isAt(item, step.where, step.is));
}

function memberOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return [];
  return [(value as Readonly<Record<string, unknown>>)[key]];
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, mostValues);
  return typeof value === 'object' && value !== null ? Object.values(value).slice(0, mostValues) : [];
}

function isAt(item: unknown, keys: readonly string[], wanted: string): boolean {
  let here: readonly unknown[] = [item];
  for (const key of keys) here = here.flatMap((value) => memberOf(value, key));
  return here.some((value) => scalarText(value)?.toLowerCase() === wanted.toLowerCase());
}

/** A scalar as text: mappings compare and print numbers and flags as they are written. */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
