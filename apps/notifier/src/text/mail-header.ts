import { inert, shorten } from './inert.ts';

/** Foreign text in a mail header: one line (nothing can fold into another header), at most 180 characters. */
export function mailHeader(text: string): string {
  return shorten(inert(text).replace(/\s+/g, ' ').trim(), 180);
}

/** A dot-atom for `Message-ID` and `List-Id` (RFC 5322 section 3.2.3): everything else becomes a hyphen. */
export function mailAtom(text: string): string {
  const atom = text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/[.-]{2,}/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  return shorten(atom, 100).replace(/…$/, '') || 'unnamed';
}
