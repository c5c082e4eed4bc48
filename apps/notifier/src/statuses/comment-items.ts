import { severities, type DecisionMade, type DecisionReason, type ReasonFinding, type Severity } from '@throughline/contracts';
import { packageName } from '../alerts/words.ts';
import { code, line, strong, type CommentItem, type Line, type Span } from '../channels/message.ts';

/** What belongs together for whoever has to do something about it: the findings of one package, or of one place. */
export interface Matter {
  /** The same as long as it is the same matter, whatever commit it is seen at. */
  readonly key: string;
  readonly label: string;
  readonly blocks: boolean;
  readonly severity: Severity;
  readonly findings: readonly ReasonFinding[];
  readonly reasons: readonly DecisionReason[];
}

/** What a change has to answer for: what it adds, and what blocks it although it is older. What blocks is first, then the worst. */
export function mattersOf(decision: DecisionMade): readonly Matter[] {
  const matters = new Map<string, Matter>();
  for (const reason of countingReasons(decision)) {
    if (reason.findings.length === 0) put(matters, `policy ${reason.policy}`, reason);
    for (const finding of reason.findings) put(matters, keyOf(finding), reason, finding);
  }
  const rank = ({ blocks, severity }: Matter): number => (blocks ? 0 : severities.length) + severities.indexOf(severity);
  return [...matters.values()].sort((a, b) => rank(a) - rank(b));
}

/** For which a change has to answer: what blocks it, and what it adds. */
export function countingReasons({ reasons }: Pick<DecisionMade, 'reasons'>): readonly DecisionReason[] {
  return reasons.filter(({ effect, new: added }) => effect === 'deny' || added);
}

/** How many findings are counted without being named. */
export function unnamedIn(decision: DecisionMade): number {
  const counted = countingReasons(decision).filter(({ findings }) => findings.length > 0);
  return counted.reduce((sum, { total, findings }) => sum + Math.max(0, total - findings.length), 0);
}

export function itemOf(matter: Matter): CommentItem {
  const [first] = matter.findings;
  const verb = matter.blocks ? 'Blocks' : 'Look at';
  if (!first) {
    const [reason] = matter.reasons;
    return { title: line(strong(verb), ' · ', reason!.message), lines: adviceOf(matter) };
  }
  const what: Span[] = first.purl === undefined ? placed(first) : [code(packageOf(first.purl))];
  const about = first.purl === undefined ? first.title : advisoriesOf(matter.findings);
  return {
    title: line(strong(verb), ' · ', ...what, ' · ', about, ` · ${matter.severity}`),
    lines: [...placesOf(matter), ...adviceOf(matter)],
  };
}

function put(matters: Map<string, Matter>, key: string, reason: DecisionReason, finding?: ReasonFinding): void {
  const known = matters.get(key);
  const findings = known?.findings ?? [];
  matters.set(key, {
    key,
    label: known?.label ?? (finding ? labelOf(finding) : reason.policy),
    blocks: (known?.blocks ?? false) || reason.effect === 'deny',
    severity: worst([...(known ? [known.severity] : []), finding?.severity ?? reason.severity]),
    findings: finding && !findings.some(({ id }) => id === finding.id) ? [...findings, finding] : findings,
    reasons: known?.reasons.includes(reason) ? known.reasons : [...(known?.reasons ?? []), reason],
  });
}

function keyOf({ id, purl }: ReasonFinding): string {
  return purl ?? id;
}

function labelOf({ purl, place, title }: ReasonFinding): string {
  return purl === undefined ? (place ?? title) : packageOf(purl);
}

function packageOf(purl: string): string {
  const [, version] = /@([^@?#/]+)(?:[?#].*)?$/.exec(purl) ?? [];
  return version === undefined ? packageName(purl) : `${packageName(purl)} ${version}`;
}

function placed({ place }: ReasonFinding): Span[] {
  return place === undefined ? [{ text: 'this change' }] : [code(place)];
}

function advisoriesOf(findings: readonly ReasonFinding[]): string {
  const [first] = findings;
  const name = first?.cve ?? first?.title ?? '';
  return findings.length > 1 ? `${name} and ${findings.length - 1} more` : name;
}

function placesOf({ findings }: Matter): readonly Line[] {
  const places = [...new Set(findings.flatMap(({ purl, place }) => (purl !== undefined && place !== undefined ? [place] : [])))];
  return places.length === 0
    ? []
    : [line('Comes in through: ', ...places.slice(0, 3).flatMap((place, index) => [index > 0 ? ', ' : '', code(place)]))];
}

/** The fix of each reason once, and why it counts. */
function adviceOf({ reasons, blocks }: Matter): readonly Line[] {
  const fixes = [...new Set(reasons.map(({ fix }) => fix).filter((fix) => fix !== ''))];
  const why = reasons.filter(({ effect }) => effect === 'deny' || !blocks);
  return [
    ...fixes.slice(0, 3).map((fix) => line('Fix: ', fix)),
    ...why
      .slice(0, 3)
      .map((reason) =>
        line(
          blocks ? 'Why it blocks: policy ' : 'Why it is told: policy ',
          code(reason.policy),
          ` v${reason.version}: ${reason.message}`,
          reason.new ? '' : ' (not new in this change)',
        ),
      ),
  ];
}

function worst(all: readonly Severity[]): Severity {
  return severities.find((severity) => all.includes(severity)) ?? 'info';
}
