import type { WaivedFinding, WaiverEndCondition, WaiverLine, WaiverOrigin, WaiverResponse, WaiverScope } from '@throughline/contracts';
import { digestOf } from '@throughline/policy';
import { sees, type Identity } from '@throughline/service';

/** What is decided about, whole: an approval is for exactly this. */
export interface WaiverContent {
  readonly scope: WaiverScope;
  readonly reason: string;
  readonly owner: string;
  readonly response?: WaiverResponse;
  readonly premise?: string;
  readonly endsWhen: readonly WaiverEndCondition[];
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly decision?: string;
  /** Absent when a person asked. */
  readonly origin?: WaiverOrigin;
}

/** A scope that reaches into every application. */
export const everyApplication = '*';

/** What holds in every application is shown to all. */
export function isShown({ application }: { readonly application: string }, caller: Identity): boolean {
  return application === everyApplication || sees(caller, application);
}

/** The name under which people know it. */
export function labelOf({ number }: { readonly number: string }): string {
  return `W-${number}`;
}

/** Of the content of one waiver and of no other. */
export function contentDigest(id: string, content: WaiverContent): string {
  return digestOf({ id, ...content });
}

/** The end of a day, where only a day is named. */
export function endOf(until: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(until);
  return new Date(Date.parse(until) + (day ? 86_400_000 : 0));
}

const matching = ['class', 'rule', 'advisory', 'cve', 'purl', 'path'] as const;

/** The lines of its repository that are still there. */
export function linesLeft({ anyOf }: WaiverScope, gone: readonly string[]): readonly WaiverLine[] | undefined {
  return anyOf?.filter(({ key }) => !gone.includes(key));
}

/** Which findings of its repository or application it covers. */
export function matchesOf(scope: WaiverScope, gone: readonly string[] = []) {
  const { findings } = scope;
  const lines = linesLeft(scope, gone);
  return {
    ...(findings === undefined ? {} : { findings: findings.map(({ id }: WaivedFinding) => id) }),
    ...given(scope),
    ...(lines && { anyOf: lines.map(({ findings: ids, until, ...line }) => ({ ...(ids && { findings: ids }), ...given(line), until })) }),
  };
}

function given(named: Pick<WaiverScope, (typeof matching)[number]>): Pick<WaiverScope, (typeof matching)[number]> {
  const found = matching.filter((field) => named[field] !== undefined).map((field) => [field, named[field]]);
  return Object.fromEntries(found) as Pick<WaiverScope, (typeof matching)[number]>;
}
