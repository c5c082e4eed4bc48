import type { AlertMessage, Line, Section, Span } from '../channels/message.ts';
import { shorten } from '../text/inert.ts';
import { mrkdwn, mrkdwnCode, mrkdwnLink, mrkdwnStrong, slackHeader } from '../text/mrkdwn.ts';

/** Limits of Block Kit (Slack's reference, blocks). */
export const slackLimits = { blocks: 50, section: 3000, header: 150, text: 4000, contextElements: 10 } as const;

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** `verbatim`: Slack does not turn bare addresses and names of foreign text into links. */
interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'divider' };

/** A message as Slack takes it: `text` is what the telephone shows. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** An alert as Block Kit: header, standing, sections, links; what does not fit is counted, never silently cut. */
export function slackMessage(message: AlertMessage): SlackMessage {
  const head: SlackBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: shorten(slackHeader(message.headline), slackLimits.header), emoji: false } },
    ...sections([mrkdwnLine(message.standing)]),
    { type: 'divider' },
  ];
  const foot: SlackBlock[] = [
    context(message.links.map((link) => mrkdwnLink(link.text, link.href)).join(' · ')),
    context(mrkdwnLine(message.footer)),
  ];
  const room = slackLimits.blocks - head.length - foot.length;
  const body = message.sections.flatMap((section) => sections([mrkdwnStrong(section.title), ...numbered(section)]));
  return { text: shorten(mrkdwn(message.summary), slackLimits.text), blocks: [...head, ...fitting(body, room), ...foot] };
}

function numbered(section: Section): readonly string[] {
  return section.lines.map((spans, index) => `${section.numbered ? `${index + 1}.` : '•'} ${mrkdwnLine(spans)}`);
}

function mrkdwnLine(spans: Line): string {
  return spans.map(mrkdwnSpan).join('');
}

function mrkdwnSpan(span: Span): string {
  if (span.href !== undefined) return mrkdwnLink(span.text, span.href);
  if (span.as === 'strong') return mrkdwnStrong(span.text);
  return span.as === 'code' ? mrkdwnCode(span.text) : mrkdwn(span.text);
}

/** Lines packed into as few sections as their limit allows; a single line that is too long is cut. */
function sections(lines: readonly string[]): readonly SlackBlock[] {
  const texts: string[] = [];
  for (const line of lines.map((text) => cutMrkdwn(text, slackLimits.section))) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= slackLimits.section) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.filter((text) => text !== '').map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }));
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cutMrkdwn(text, slackLimits.section), verbatim: true }] };
}

/** Cuts encoded text without leaving half an entity or half a link behind. */
function cutMrkdwn(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${shorten(text, max - 1).replace(/(?:<[^>]*|&[a-z]{0,4})?…$/, '')}…`;
}

function fitting(blocks: readonly SlackBlock[], room: number): readonly SlackBlock[] {
  if (blocks.length <= room) return blocks;
  const left = blocks.length - room + 1;
  return [...blocks.slice(0, room - 1), context(`${left} more parts do not fit here: see the chain`)];
}
