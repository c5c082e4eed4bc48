import { advisoryIds, present, rejected, textOf } from '../readers/fields.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { mostVexStatements, type VexLine, type VexStatement } from './vex.ts';

export type Path = readonly (string | number)[];

/** What a sentence needs, before it is known whether it has it. */
export type Said = { readonly [K in keyof VexStatement]: VexStatement[K] | undefined };

/** That a product is not affected needs a reason: without one nobody can tell when it stops being true. */
function lineOf(said: Said, path: Path): VexLine {
  const { names, status, product } = said;
  const no = (detail: string): VexLine => rejected(path, detail) as VexLine;
  if (!names || names.length === 0) return no('a statement names its vulnerability');
  if (status === undefined) return no('a statement has one of the statuses of its format');
  if (product === undefined) return no('a statement names its products');
  if (status === 'not_affected' && said.justification === undefined && said.reason === undefined)
    return no('what is not affected says why: a justification or a text');
  return { statement: present<VexStatement>({ ...said, names, status, product }) };
}

/** Collects lines up to the limit. */
export class VexLines {
  readonly all: VexLine[] = [];

  add(said: Said, path: Path): void {
    if (this.all.length >= mostVexStatements)
      throw new ReportRefused(`the document has more than ${mostVexStatements} statements: send it in parts`);
    this.all.push(lineOf(said, path));
  }
}

/** Ids of a vulnerability; one that no publisher's form fits stands as it is written. */
export function namesOf(id: unknown, others: readonly unknown[]): readonly string[] {
  const known = advisoryIds(id, others);
  const written = textOf(id, 128);
  return known.length > 0 ? known : written === undefined ? [] : [written];
}

/** A time that can be compared. */
export function instantOf(value: unknown): string | undefined {
  const text = textOf(value, 64);
  const at = text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

export function listOf(value: unknown, path: Path, most: number): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ReportRefused('this is no list', { pointer: `/${path.join('/')}` });
  if (value.length > most) throw new ReportRefused(`this list has more than ${most} entries`, { pointer: `/${path.join('/')}` });
  return value as readonly unknown[];
}
