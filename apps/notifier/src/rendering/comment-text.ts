import type { CommentItem, CommentMessage, Line, Span } from '../channels/message.ts';
import { markdown, markdownCode, markdownLink } from '../text/markdown.ts';
import { shorten } from '../text/inert.ts';

/** No single piece of foreign text is longer; what is cut says so. */
const mostPiece = 300;

/** A comment as Markdown that every host shows alike: headings, lists, code, links; no HTML. Items that do not fit are counted. */
export function commentText(message: CommentMessage, most: number): string {
  for (let kept = message.items.length; kept > 0; kept -= 1) {
    const text = textOf(message, kept);
    if (text.length <= most) return text;
  }
  return textOf(message, 0).slice(0, most);
}

/** The same for those who may not know what is wrong: how it stands, and where those read on who may. */
export function briefText(message: CommentMessage): string {
  return [`### ${markdown(message.headline)}`, 'What it is about is not told here.', lineText(message.footer)].join('\n\n');
}

/** A few words to somebody who asked for something; they name no finding. */
export function answerText(message: CommentMessage): string {
  return [markdown(message.headline), ...message.remarks.map(lineText)].join('\n\n');
}

function textOf(message: CommentMessage, kept: number): string {
  const left = message.items.length - kept;
  const blocks = [
    `### ${markdown(message.headline)}`,
    ...message.items.slice(0, kept).map(itemText),
    ...(left > 0 ? [`and ${left} more`] : []),
    ...message.remarks.map(lineText),
    lineText(message.footer),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function itemText({ number, title, lines }: CommentItem): string {
  if (number === undefined) return [`- ${lineText(title)}`, ...lines.map((line) => `  - ${lineText(line)}`)].join('\n');
  const head = `**${number}.** ${lineText(title)}`;
  return lines.length === 0 ? head : `${head}\n\n${lines.map((line) => `- ${lineText(line)}`).join('\n')}`;
}

function lineText(line: Line): string {
  return line.map(spanText).join('');
}

function spanText({ text, as, href }: Span): string {
  const short = shorten(text, mostPiece);
  if (href !== undefined) return markdownLink(short, href);
  if (as === 'code') return markdownCode(short);
  const plain = markdown(short);
  return as === 'strong' && plain.trim() !== '' ? `**${plain.trim()}**` : plain;
}
