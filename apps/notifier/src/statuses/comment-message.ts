import type { DecisionMade } from '@throughline/contracts';
import { count, linkTo, utc } from '../alerts/words.ts';
import { code, line, linked, type CommentMessage, type Line, type Span } from '../channels/message.ts';
import { itemOf, mattersOf, unnamedIn } from './comment-items.ts';
import { numberedMatters, numberOf, offersOf, type NumberedMatter } from './numbered-matters.ts';

/** More are counted: nobody works through them in one comment. */
const mostItems = 20;
const mostMissing = 10;
const mostSuppressions = 5;

/** A matter that a comment named. */
export interface NamedMatter {
  readonly key: string;
  readonly label: string;
}

/** A change request as it stands when its comment is written. */
export interface CommentedChange {
  readonly number: number;
  /** What the comment names as blocking until now. */
  readonly named: readonly NamedMatter[];
  /** The numbers that were given: a number never means another matter. Absent where nobody refers to them. */
  readonly numbered?: readonly NumberedMatter[];
  /** The comment was there before. */
  readonly told: boolean;
  readonly decidedAt: string;
}

/** A comment, which matters it names as blocking, and which numbers were given until now. */
interface ToldComment {
  readonly message: CommentMessage;
  readonly named: readonly NamedMatter[];
  readonly numbered: readonly NumberedMatter[];
}

/** What the comment says of a decision, and which matters it names as blocking. */
export function commentMessage(decision: DecisionMade, change: CommentedChange, publicUrl: string): ToldComment {
  const { repository, commit } = decision.subject;
  const common = { kind: 'comment', repository, commit, application: decision.application, number: change.number } as const;
  const footer = footerOf(decision, change.decidedAt, publicUrl);
  if (decision.result === 'undecided') {
    return { message: { ...common, ...undecided(decision), footer }, named: change.named, numbered: change.numbered ?? [] };
  }
  const matters = mattersOf(decision);
  const blocking = matters.filter(({ blocks }) => blocks);
  const named = blocking.slice(0, mostItems).map(({ key, label }) => ({ key, label: label.slice(0, 300) }));
  const shown = matters.slice(0, mostItems);
  const numbered = change.numbered && numberedMatters(change.numbered, shown);
  const gone = change.named.filter(({ key }) => !matters.some((matter) => matter.key === key));
  const state = blocking.length > 0 ? 'blocked' : matters.length > 0 ? 'noted' : 'clean';
  const message: CommentMessage = {
    ...common,
    state,
    headline: headlineOf(decision, blocking.length, matters.length - blocking.length, change),
    items: shown.map((matter) => ({ ...itemOf(matter), ...numberOf(matter, numbered) })),
    remarks: [...remarksOf(decision, gone, Math.max(0, matters.length - mostItems)), ...offersOf(shown, numbered)],
    footer,
  };
  return { message, named, numbered: numbered ?? [] };
}

function undecided(decision: DecisionMade): Pick<CommentMessage, 'state' | 'headline' | 'items' | 'remarks'> {
  const missing = decision.missing.slice(0, mostMissing);
  const more = decision.missing.length - missing.length;
  return {
    state: 'undecided',
    headline: 'Throughline could not decide (this says nothing about your change)',
    items: missing.map((text) => ({ title: line(text), lines: [] })),
    remarks: [
      ...(more > 0 ? [line(`and ${count(more, 'more thing is', 'more things are')} not known`)] : []),
      line('What is unknown does not pass. The change is judged again by itself as soon as it is known.'),
      line(
        'Urgent? Two persons can release checks that nobody can judge: ',
        code('throughline checks release'),
        '. They are judged later.',
      ),
    ],
  };
}

function headlineOf({ result }: DecisionMade, blocking: number, others: number, { named, told }: CommentedChange): string {
  const toLookAt = others > 0 ? `, ${others} to look at` : '';
  if (blocking > 0) return `Throughline: ${count(blocking, 'matter blocks', 'matters block')} this change${toLookAt}`;
  if (result === 'deny') return 'Throughline: this change is blocked';
  const verdict = named.length > 0 ? 'fixed. ' : told ? 'passed. ' : '';
  return verdict === ''
    ? `Throughline: nothing blocks this change${toLookAt}`
    : `Throughline: ${verdict}Nothing in this change blocks${toLookAt}`;
}

function remarksOf(decision: DecisionMade, gone: readonly NamedMatter[], leftOut: number): readonly Line[] {
  const unnamed = unnamedIn(decision);
  return [
    ...(gone.length === 0
      ? []
      : [line('Gone: ', ...listed(gone.map(({ label }) => label)), ` in `, code(decision.subject.commit.slice(0, 7)))]),
    ...(leftOut > 0 ? [line(`and ${leftOut} more`)] : []),
    ...(unnamed > 0 ? [line(`${count(unnamed, 'more finding is', 'more findings are')} counted, and named in the decision.`)] : []),
    ...(decision.older > 0 ? [line(`Not yours: ${count(decision.older, 'older finding does', 'older findings do')} not count.`)] : []),
    ...suppressionsOf(decision),
  ];
}

/** Last of what is told: the change cannot silence its own scanners. */
function suppressionsOf({ suppressions }: DecisionMade): readonly Line[] {
  if (!suppressions) return [];
  const { total, named } = suppressions;
  const places = named
    .slice(0, mostSuppressions)
    .flatMap(({ mark, path, line: at }, index) => [...[index > 0 ? ', ' : '', code(mark), ' in ', code(`${path}:${at}`)]]);
  const more = total > mostSuppressions ? ` and ${total - mostSuppressions} more` : '';
  const were = total === 1 ? 'was' : 'were';
  return [
    line(`${count(total, 'suppression', 'suppressions')} in this branch ${were} not applied: `, ...places, more),
    line('What asks scanners to say nothing can count once it is on the default branch, or when somebody approves an exception.'),
  ];
}

function listed(labels: readonly string[]): (string | Span)[] {
  return labels.slice(0, mostItems).flatMap((label, index) => [index > 0 ? ', ' : '', code(label)]);
}

function footerOf(decision: DecisionMade, decidedAt: string, publicUrl: string): Line {
  return line(
    'Judged at ',
    code(decision.subject.commit.slice(0, 7)),
    `, ${utc(decidedAt)}`,
    decision.dataAsOf === undefined ? '' : ` · advisory data of ${utc(decision.dataAsOf)}`,
    ' · ',
    linked('decision', linkTo(publicUrl, 'decisions', decision.decision)),
  );
}
