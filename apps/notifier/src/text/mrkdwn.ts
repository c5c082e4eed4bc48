import { inert, safeHref } from './inert.ts';

/** Foreign text in Slack's mrkdwn: `&`, `<` and `>` are all that starts a mention, a link or a command there. */
export function mrkdwn(text: string): string {
  return inert(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Bold; characters that would end it early are replaced by look-alikes. */
export function mrkdwnStrong(text: string): string {
  const body = mrkdwn(text).replaceAll('*', '∗').trim();
  return body === '' ? '' : `*${body}*`;
}

/** A code span; a backtick inside becomes a look-alike, since mrkdwn has no escape for it. */
export function mrkdwnCode(text: string): string {
  const body = mrkdwn(text).replaceAll('`', 'ˋ').trim();
  return body === '' ? '' : `\`${body}\``;
}

/** A link, or only its text when the address may not be one. */
export function mrkdwnLink(text: string, address: string): string {
  const href = safeHref(address);
  if (href === undefined) return mrkdwn(text);
  const target = href.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('|', '%7C');
  return `<${target}|${mrkdwn(text).replaceAll('|', '¦')}>`;
}

/** A header, which knows no mrkdwn and no escape: angle brackets become look-alikes, so that it is inert however it is read. */
export function slackHeader(text: string): string {
  return inert(text).replaceAll('<', '‹').replaceAll('>', '›');
}
