import type { Page } from '@throughline/contracts';
import { strangeCursor } from './strange-cursor.ts';

/** Rows on a page when the caller names no number. */
export const defaultLimit = 50;

type CursorPart = string | number | null;

/**
 * A page of rows of which one more than `limit` was read; `cursorOf` gives the values a row is sorted by.
 * Read `limit + 1` rows after `decodeCursor(query.cursor)`.
 */
export function pageOf<T>(rows: readonly T[], limit: number | undefined, cursorOf: (row: T) => readonly CursorPart[]): Page<T> {
  const size = limit ?? defaultLimit;
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return { items, next: rows.length > size && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}

/** An opaque cursor of the values that the last row is sorted by. */
export function encodeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The values in a cursor, undefined without one; throws `Problem` 400 for one that we did not make. */
export function decodeCursor(cursor: string | undefined, length?: number): CursorPart[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const plain = Array.isArray(parts) && parts.every((part) => part === null || ['string', 'number'].includes(typeof part));
    if (plain && (length === undefined || (parts as unknown[]).length === length)) return parts as CursorPart[];
  } catch {
    // Answered below, like any other cursor that is not ours.
  }
  throw strangeCursor();
}
