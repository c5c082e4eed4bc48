import { compareNumbers, compareText, orderOf, sign, type Order } from './order.ts';

/** A number, a word, or a list that a hyphen or a change between digits and letters has opened. */
type Item = { readonly kind: 'number'; readonly digits: string } | { readonly kind: 'word'; readonly word: string } | List;
interface List {
  readonly kind: 'list';
  readonly items: Item[];
}

/** Maven's order: `1-alpha-1 < 1-rc1 < 1-SNAPSHOT < 1 = 1.0.0 = 1-ga < 1-sp < 1-1 < 1.1`. */
export const maven = orderOf<List>((text) => (isReadable(text) ? parse(text) : undefined), compareItems);

/** What holds a space, a range or a property is no version. */
function isReadable(text: string): boolean {
  return text !== '' && !/[\s${}[\](),]/.test(text);
}

/** Each hyphen, and each change between digits and letters, opens a list within the list: `1.2-x` is [1, 2, [x]]. */
function parse(version: string): List {
  const lists: List[] = [{ kind: 'list', items: [] }];
  const tokens = version.toLowerCase().match(/\d+|[^\d.-]+|[.-]/g) ?? [];
  let open = true;
  for (const [index, token] of tokens.entries()) {
    if (token !== '.' && token !== '-') {
      const next = tokens[index + 1];
      const changes = next !== undefined && next !== '.' && next !== '-';
      // At the end or before a number, `1.x` is `1-x`.
      if ((changes || next === undefined) && !isNumber(token) && lists.at(-1)!.items.length > 0) lists.push(listIn(lists.at(-1)!));
      lists.at(-1)!.items.push(isNumber(token) ? { kind: 'number', digits: token } : { kind: 'word', word: wordOf(token, changes) });
      if (changes) lists.push(listIn(lists.at(-1)!));
      open = changes;
      continue;
    }
    if (open) lists.at(-1)!.items.push({ kind: 'number', digits: '0' });
    if (token === '-') lists.push(listIn(lists.at(-1)!));
    open = true;
  }
  for (const list of lists.toReversed()) dropNothings(list.items);
  return lists[0]!;
}

function listIn({ items }: List): List {
  const list: List = { kind: 'list', items: [] };
  items.push(list);
  return list;
}

function isNumber(token: string): boolean {
  return token >= '0' && token < ':';
}

const short: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

/** `ga`, `final` and `release` say nothing; one letter stands for a word where a number follows at once. */
function wordOf(text: string, beforeDigit: boolean): string {
  if (/^(?:ga|final|release)$/.test(text)) return '';
  if (text === 'cr') return 'rc';
  return beforeDigit && Object.hasOwn(short, text) ? short[text]! : text;
}

/** At the end of a list, and in front of the lists in it, nothing counts as absent; a list that holds one list is that list. */
function dropNothings(items: Item[]): void {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index]!;
    if (isNothing(item)) items.splice(index, 1);
    else if (item.kind !== 'list') break;
    else if (item.items.length === 1 && item.items[0]!.kind === 'list') items[index] = item.items[0]!;
  }
}

function isNothing(item: Item): boolean {
  if (item.kind === 'number') return /^0+$/.test(item.digits);
  return item.kind === 'list' ? item.items.length === 0 : item.word === '';
}

/** `undefined` stands for what the shorter version does not have. */
function compareItems(left: Item | undefined, right: Item | undefined): Order {
  if (left === undefined) return right === undefined ? 0 : (-compareItems(right, undefined) as Order);
  if (right === undefined) return compareWithNothing(left);
  if (left.kind === 'list' && right.kind === 'list') return compareEach(left.items, right.items);
  if (left.kind === 'number' && right.kind === 'number') return compareNumbers(left.digits, right.digits);
  if (left.kind === 'word' && right.kind === 'word') return compareText(rankOf(left.word), rankOf(right.word));
  return sign(weights[left.kind] - weights[right.kind]);
}

/** `1.1` is above `1-1`, that above `1-sp`. */
const weights = { number: 2, list: 1, word: 0 } as const;

function compareWithNothing(item: Item): Order {
  if (item.kind === 'number') return isNothing(item) ? 0 : 1;
  if (item.kind === 'word') return compareText(rankOf(item.word), rankOf(''));
  return compareEach(item.items, []);
}

function compareEach(left: readonly Item[], right: readonly Item[]): Order {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = compareItems(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** In this order; words that are not known come after all of them, by their letters. */
const ranks = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];

function rankOf(word: string): string {
  const rank = ranks.indexOf(word);
  return rank === -1 ? `${ranks.length}-${word}` : String(rank);
}
