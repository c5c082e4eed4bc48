import type { FindingClass, Gate, Severity } from '@throughline/contracts';
import type { PolicyCase } from './case.ts';
import { digestOf } from './canonical.ts';
import { compileExpression, ExpressionRefused, type Expression } from './expressions.ts';
import { itemOf, placesOf, type Range } from './range.ts';
import { PolicyRefused, type Flaw } from './refusal.ts';
import { compileTemplate, TemplateRefused, type Template } from './template.ts';

/** `audit` only counts, `warn` shows, `enforce` blocks. */
export const modes = ['audit', 'warn', 'enforce'] as const;
export type Mode = (typeof modes)[number];

/** What happens where a policy cannot be judged: `closed` blocks (undecided), `open` lets pass with a warning. */
export const failModes = ['open', 'closed'] as const;
export type FailMode = (typeof failModes)[number];

/** A policy as its author writes it. */
export interface PolicyDocument {
  readonly name: string;
  readonly description: string;
  readonly gates: readonly Gate[];
  readonly mode: Mode;
  readonly severity: Severity;
  readonly failMode: FailMode;
  /** Finding classes without which it cannot be judged. */
  readonly needs: readonly FindingClass[];
  readonly each: Range;
  /** CEL over one item of the range: `f` (finding), `s` (scan) or `l` (licence). */
  readonly select?: string;
  /** CEL over `facts`, `tolerance`, `at` and `selected`; by default: something was selected. */
  readonly when?: string;
  /** CEL over the same as `when`: where it holds, an enforced policy only warns. */
  readonly warnOnly?: string;
  /** `allow`: what lines on the default branch ask scanners not to say counts without anybody's approval. */
  readonly repositorySuppressions?: 'allow';
  readonly message: string;
  readonly fix: string;
  /** Controls that it serves, e.g. `NIST 800-53 RA-5`. */
  readonly controls: readonly string[];
  readonly cases: readonly PolicyCase[];
}

/** A published version of a policy, ready to be evaluated. */
export interface Policy {
  readonly document: PolicyDocument;
  readonly version: number;
  /** Of the document without its cases: equal rules have equal digests. */
  readonly digest: string;
  readonly select?: Expression;
  readonly when: Expression;
  readonly warnOnly?: Expression;
  readonly message: Template;
  readonly fix: Template;
  readonly readsAllFindings: boolean;
}

/** Compiles a document; throws `PolicyRefused` with every expression and template that is wrong. */
export function compilePolicy(document: PolicyDocument, version: number): Policy {
  const flaws: Flaw[] = [];
  const item = itemOf[document.each];
  const attempt = <T>(pointer: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionRefused || error instanceof TemplateRefused)) throw error;
      flaws.push({ pointer, detail: error.message });
      return undefined;
    }
  };
  const optional = (pointer: string, source: string | undefined, scope: Readonly<Record<string, string>>): Expression | undefined =>
    source === undefined ? undefined : attempt(pointer, () => compileExpression(source, scope));
  const select = optional('/select', document.select, { [item.name]: item.type });
  const selected = { selected: `list<${item.type}>` };
  const when = optional('/when', document.when ?? 'selected.size() > 0', selected);
  const warnOnly = optional('/warnOnly', document.warnOnly, selected);
  const message = attempt('/message', () => compileTemplate(document.message, placesOf(document.each)));
  const fix = attempt('/fix', () => compileTemplate(document.fix, placesOf(document.each)));
  if (flaws.length > 0 || !when || !message || !fix) throw new PolicyRefused(flaws);
  const readsAllFindings = document.each === 'findings' || [select, when, warnOnly].some((each) => each?.readsAllFindings);
  return { document, version, digest: policyDigest(document), select, when, warnOnly, message, fix, readsAllFindings };
}

/** Digest of what a policy means: the document without its cases. */
export function policyDigest(document: PolicyDocument): string {
  return digestOf({ ...document, cases: undefined });
}
