import { code, line, type CommentItem, type Line } from '../channels/message.ts';
import type { Matter } from './comment-items.ts';

/** A matter by the number under which people know it, and the findings behind it. */
export interface NumberedMatter {
  readonly key: string;
  readonly number: number;
  readonly findings: readonly string[];
}

/** Older numbers of a change request that goes on for so long mean nothing any more. */
const mostNumbers = 500;

/** The numbers of a change request with those of what is shown now: known matters keep theirs, new ones get the next. */
export function numberedMatters(known: readonly NumberedMatter[], shown: readonly Matter[]): NumberedMatter[] {
  const byKey = new Map(known.map((matter) => [matter.key, matter]));
  let last = Math.max(0, ...known.map(({ number }) => number));
  for (const { key, findings } of shown) {
    const number = byKey.get(key)?.number ?? (last += 1);
    byKey.set(key, { key, number, findings: findings.map(({ id }) => id) });
  }
  return [...byKey.values()].sort((a, b) => a.number - b.number).slice(-mostNumbers);
}

/** The number of a matter that is shown, where numbers are given. */
export function numberOf({ key }: Matter, numbered: readonly NumberedMatter[] | undefined): Pick<CommentItem, 'number'> {
  const number = numbered?.find((matter) => matter.key === key)?.number;
  return number === undefined ? {} : { number };
}

/** What can be asked for below the comment, with the number of the first matter that findings are behind. */
export function offersOf(shown: readonly Matter[], numbered: readonly NumberedMatter[] | undefined): readonly Line[] {
  const first = shown.find(({ findings }) => findings.length > 0);
  const { number } = first && numbered ? numberOf(first, numbered) : {};
  if (number === undefined) return [];
  return [
    line('Cannot fix it now? Reply ', code(`/throughline waive ${number} until YYYY-MM-DD because …`)),
    line('Wrong? ', code(`/throughline false-positive ${number} because …`), ' · Again: ', code('/throughline rerun')),
  ];
}
