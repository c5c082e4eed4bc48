import { inert, safeHref } from './inert.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Foreign text in HTML, as element content or in a quoted attribute. */
export function html(text: string): string {
  return inert(text).replace(/[&<>"'`]/g, (char) => entities[char]!);
}

/** A link, or only its text when the address may not be one. */
export function htmlLink(text: string, address: string): string {
  const href = safeHref(address);
  return href === undefined ? html(text) : `<a href="${html(href)}" rel="noreferrer noopener">${html(text)}</a>`;
}
