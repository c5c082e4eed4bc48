import { inert, safeHref } from './inert.ts';

/** Foreign text in the text part of a mail or in a commit status: one line, nothing unseen. */
export function plain(text: string): string {
  return inert(text);
}

/** Text with its address behind it, or only the text when the address may not be a link. */
export function plainLink(text: string, address: string): string {
  const href = safeHref(address);
  return href === undefined ? plain(text) : `${plain(text)}: ${href}`;
}
