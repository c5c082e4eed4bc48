import type { AlertMessage, Line, Section, Span } from '../channels/message.ts';
import { html, htmlLink } from '../text/html.ts';
import { mailHeader } from '../text/mail-header.ts';
import { plain, plainLink } from '../text/plain.ts';

/** The readable parts of a mail. */
export interface MailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** An alert as text and HTML of equal content. The subject never changes, so that mail programs keep the thread. */
export function mailMessage(message: AlertMessage): MailMessage {
  return { subject: mailHeader(message.subject), text: textOf(message), html: htmlOf(message) };
}

function textOf(message: AlertMessage): string {
  const parts = [
    plain(message.headline),
    textLine(message.standing),
    ...message.sections.map((section) =>
      [plain(section.title), ...section.lines.map((spans, index) => `${bullet(section, index)} ${textLine(spans)}`)].join('\n'),
    ),
    message.links.map((link) => plainLink(link.text, link.href)).join('\n'),
    textLine(message.footer),
  ];
  return `${parts.join('\n\n')}\n`;
}

function bullet(section: Section, index: number): string {
  return section.numbered ? ` ${index + 1}.` : ' -';
}

function textLine(spans: Line): string {
  return spans.map((span) => (span.href === undefined ? plain(span.text) : plainLink(span.text, span.href))).join('');
}

/** No images, scripts or styles from elsewhere; readable in light and dark because it sets no colours. */
function htmlOf(message: AlertMessage): string {
  const body = [
    `<h1 style="font-size:1.2em">${html(message.headline)}</h1>`,
    `<p>${htmlLine(message.standing)}</p>`,
    ...message.sections.map(htmlSection),
    `<p>${message.links.map((link) => htmlLink(link.text, link.href)).join(' · ')}</p>`,
    `<p><small>${htmlLine(message.footer)}</small></p>`,
  ].join('\n');
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${html(message.subject)}</title></head>\n<body style="font-family:sans-serif;line-height:1.5">\n${body}\n</body></html>\n`;
}

function htmlSection(section: Section): string {
  const list = section.numbered ? 'ol' : 'ul';
  const items = section.lines.map((spans) => `<li>${htmlLine(spans)}</li>`).join('\n');
  return `<h2 style="font-size:1em">${html(section.title)}</h2>\n<${list}>\n${items}\n</${list}>`;
}

function htmlLine(spans: Line): string {
  return spans.map(htmlSpan).join('');
}

function htmlSpan(span: Span): string {
  if (span.href !== undefined) return htmlLink(span.text, span.href);
  if (span.as === 'strong') return `<strong>${html(span.text)}</strong>`;
  return span.as === 'code' ? `<code>${html(span.text)}</code>` : html(span.text);
}
