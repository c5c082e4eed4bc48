import { inert, safeHref } from './inert.ts';

/** What starts a mention, a reference to an issue, a user, a label, or a link of its own, at one host or another. */
const references = /[@#!$%^~&[](?=[\w{<"'\\[])|:(?=\/\/)|(?<=\bwww)\.|(?<=\bGH)-/gi;
const nothing = '\u200b';

/**
 * Foreign text within a line of Markdown: no markup, HTML, link, picture, mention or reference of it acts. Escapes do not end
 * references, which are looked for in what was rendered: a space without width does.
 */
export function markdown(text: string): string {
  return inert(text)
    .replace(references, (char) => `${char}${nothing}`)
    .replace(/[\\`*_[\]|~]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A code span, in which nothing acts; a backtick inside becomes a look-alike. */
export function markdownCode(text: string): string {
  const body = inert(text).replaceAll('`', 'ˋ').trim();
  return body === '' ? '' : `\`${body}\``;
}

/** A link, or only its text when the address may not be one. */
export function markdownLink(text: string, address: string): string {
  const href = safeHref(address);
  if (href === undefined) return markdown(text);
  const target = href.replace(/[()<>[\]\\`*_]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `[${markdown(text)}](${target})`;
}
