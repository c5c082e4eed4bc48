import type { WaiverEnd, WaiverEnded, WaiverGranted } from '@throughline/contracts';
import { count, linkTo, utc } from '../alerts/words.ts';
import { line, linked, strong, type AlertMessage, type Line, type Section } from '../channels/message.ts';
import type { ApplicationEntry } from '../directory/directory.ts';
import { shorten } from '../text/inert.ts';
import type { SameReason } from './exception-rows.ts';

interface About {
  /** Of the exception: what is told of one is told once. */
  readonly revision: number;
  readonly application: ApplicationEntry;
  readonly publicUrl: string;
}

/** What is known about one that has ended; `granted` is missing for one that was approved before anybody listened. */
export interface EndKnowledge {
  readonly granted: WaiverGranted | undefined;
  /** Those that lean on the same. */
  readonly others?: SameReason | undefined;
  readonly revision: number;
}

/** What the end of an exception is told from. */
interface EndedException extends About, EndKnowledge {
  readonly ended: WaiverEnded;
}

/** Why it ended, for the subject, and how much that matters: what was found out by nobody's will is the news. */
const ends: Readonly<Record<WaiverEnd, { readonly words: string } & Pick<AlertMessage, 'priority' | 'severity'>>> = {
  expired: { words: 'has ended: its time is over', priority: 'P3', severity: 'medium' },
  revoked: { words: 'has ended: it was revoked', priority: 'P4', severity: 'low' },
  refused: { words: 'has ended: it was refused', priority: 'P4', severity: 'low' },
  edited: { words: 'holds no longer: it was changed, and waits for its approval', priority: 'P4', severity: 'low' },
  known_exploited: { words: 'has ended: its reason no longer holds', priority: 'P2', severity: 'high' },
  fix_available: { words: 'has ended: its reason no longer holds', priority: 'P3', severity: 'medium' },
};

/** Tells those who can still do something about it that an exception is going to end. */
export function endingMessage({ granted, ...about }: About & { readonly granted: WaiverGranted }): AlertMessage {
  const end = utc(granted.until);
  const day = granted.until.slice(0, 10);
  return messageOf(granted, about, {
    ...{ notice: 'exception.ending', priority: 'P4', severity: 'low', since: granted.from },
    words: `ends on ${day}${whatOf(about.application, granted)}`,
    summary: `At ${end} the gates object again to what it lets through`,
    standing: line('Ends at ', strong(end)),
    sections: [
      { title: 'What we know', lines: knownOf(granted, about.application) },
      {
        title: 'Do now',
        numbered: true,
        lines: [
          line('Mend what it covers before its end, and nothing follows from it'),
          line('Or ask for a new one, with a reason that holds then: somebody else has to approve it, so ask in time'),
        ],
      },
    ],
  });
}

/** Tells that an exception holds no longer, why, and what follows. */
export function endedMessage({ ended, granted, others, ...about }: EndedException): AlertMessage {
  const { words, priority, severity } = ends[ended.because];
  const note = ended.note === undefined ? '' : shorten(ended.note, 300);
  return messageOf(ended, about, {
    ...{ notice: 'exception.ended', priority, severity, since: ended.endedAt },
    words: `${words}${whatOf(about.application, granted)}`,
    summary: note === '' ? 'The gates object again to what it let through' : note,
    standing: line('Ended at ', strong(utc(ended.endedAt)), ' by ', strong(ended.by)),
    sections: [
      { title: 'Why it ended', lines: note === '' ? [] : [line(note)] },
      { title: 'What we know', lines: granted ? knownOf(granted, about.application) : [...peopleOf(ended, about.application)] },
      { title: 'What follows', lines: [line('What it covered counts again, and open changes are judged again at once')] },
      { title: 'Do now', numbered: true, lines: doNow(ended.because) },
      { title: 'Yours to decide', lines: othersOf(ended, granted, others, about) },
    ],
  });
}

/** What took the reason of one may have taken that of others; what was only written anew or refused says nothing of it. */
function othersOf(
  { because, application }: WaiverEnded,
  granted: WaiverGranted | undefined,
  others: SameReason | undefined,
  { publicUrl }: About,
): readonly Line[] {
  const premise = granted?.premise;
  if (premise === undefined || !others || others.own + others.elsewhere === 0 || because === 'edited' || because === 'refused') return [];
  const { labels, own, elsewhere } = others;
  const names = `${labels.join(', ')}${own > labels.length ? ` and ${own - labels.length} more` : ''}`;
  const href = `${linkTo(publicUrl, 'waivers')}?${new URLSearchParams({ premise, state: 'granted' }).toString()}`;
  return [
    line(
      strong(count(own + elsewhere, 'other exception rests', 'other exceptions rest')),
      ' on the same reason: ',
      ...(own === 0 ? [] : [`${names} of `, strong(application)]),
      ...(elsewhere === 0 ? [] : [`${own === 0 ? '' : ', and '}${elsewhere} of other applications`]),
      '. Look whether it still holds for them: ',
      linked('exceptions', href),
    ),
  ];
}

function doNow(because: WaiverEnd): readonly Line[] {
  if (because === 'edited') return [line('Read what was changed, and approve it as somebody else; until then it lets nothing through')];
  if (because === 'known_exploited') return [line('Mend it now: it is attacked elsewhere')];
  const mend = because === 'fix_available' ? 'Take the version that mends it' : 'Mend what it covered';
  return [line(mend), line('Or ask for a new one, with a reason that holds')];
}

interface Told extends Pick<AlertMessage, 'priority' | 'severity' | 'since' | 'summary' | 'standing' | 'sections'> {
  readonly notice: NonNullable<AlertMessage['notice']>;
  readonly words: string;
}

function messageOf(
  { waiver, label }: Pick<WaiverGranted, 'waiver' | 'label'>,
  { revision, application, publicUrl }: About,
  { notice, words, summary, sections, ...told }: Told,
): AlertMessage {
  const subject = `Exception ${label} ${words}`;
  const page = linkTo(publicUrl, 'waivers', waiver);
  return {
    ...{ kind: 'alert', state: 'open', notice, alert: `${notice}:${waiver}:${revision}` },
    ...{ application: application.name, subject, headline: subject, summary: `${subject}. ${summary}`, page, ...told },
    sections: sections.filter(({ lines }: Section) => lines.length > 0),
    footer: line(`exception ${label}`),
    links: [{ text: 'exception', href: page }, ...(application.runbook ? [{ text: 'runbook', href: application.runbook }] : [])],
  };
}

/** ` (payments-api, CVE-2021-44228)`. */
function whatOf({ name }: ApplicationEntry, granted: WaiverGranted | undefined): string {
  const { cve, advisory, rule, purl, findings } = granted?.matches ?? {};
  const about = cve ?? advisory ?? rule ?? purl ?? (findings && count(findings.length, 'finding', 'findings'));
  const where = name === '*' ? 'every application' : name;
  return ` (${where}${about === undefined ? '' : `, ${shorten(about, 100)}`})`;
}

function knownOf(granted: WaiverGranted, application: ApplicationEntry): readonly Line[] {
  const { reason, premise, repository, requestedBy, approvedBy, from } = granted;
  return [
    line('Accepted because: ', strong(shorten(reason, 500))),
    ...(premise === undefined ? [] : [line('It leans on: ', strong(premise))]),
    ...(repository === undefined ? [] : [line('In ', strong(repository))]),
    line('Asked for by ', strong(requestedBy), ', approved by ', strong(approvedBy), ` (${utc(from)})`),
    ...peopleOf(granted, application),
  ];
}

function peopleOf({ owner }: Pick<WaiverGranted, 'owner'>, { name, team, owners }: ApplicationEntry): readonly Line[] {
  const answers = line('Answers for it: ', strong(owner));
  if (name === '*') return [answers];
  const people = [...(team === undefined ? [] : [`team ${team}`]), ...owners.slice(0, 10)];
  return people.length === 0 ? [answers] : [answers, line('Owns ', strong(name), ': ', strong(people.join(', ')))];
}
