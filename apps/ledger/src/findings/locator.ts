import { uuidv7 } from '@throughline/contracts';
import type { IdentityKey } from '@throughline/findings';

/** Which finding something is. */
export interface Identified {
  /** Absent for a new finding. */
  readonly number: string | undefined;
  /** The id that it gets when it is new: the same one for all that is the same. */
  readonly id: string;
  /** Nothing before it in the report is the same. */
  readonly isFirst: boolean;
  /** Those under which nobody knows it yet. */
  readonly newKeys: readonly IdentityKey[];
}

type Known = Pick<Identified, 'number' | 'id'>;

/**
 * Tells which findings a report is about, as if each of its results came after the one before it: what shares a key with an earlier one is
 * the same, so that the report says the same when it comes again.
 */
export class Locator {
  private readonly named = new Map<string, Known>();
  private readonly known = new Map<string, Known>();

  /** @param numbers of the findings that are known by one of these keys, by `nameOf` */
  locate(keys: readonly IdentityKey[], numbers: ReadonlyMap<string, string>): Identified {
    const names = keys.map(nameOf);
    const leading = names.find((name) => numbers.has(name) || this.named.has(name));
    const number = leading === undefined ? undefined : numbers.get(leading);
    const before = number === undefined ? this.named.get(leading ?? '') : this.known.get(number);
    const it = before ?? { number, id: uuidv7() };
    if (it.number !== undefined) this.known.set(it.number, it);
    const newKeys = keys.filter((_, index) => !numbers.has(names[index]!) && !this.named.has(names[index]!));
    for (const key of newKeys) this.named.set(nameOf(key), it);
    return { ...it, isFirst: before === undefined, newKeys };
  }
}

/** A key as text, `<scheme> <hex>`. */
export function nameOf({ scheme, key }: IdentityKey): string {
  return `${scheme} ${key}`;
}
