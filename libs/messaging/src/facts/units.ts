/** Something to be handled, and what it may share a handler's call with. */
export interface Unitable {
  readonly key: string;
  /** Handler, and trace: only equal ones share a call. */
  readonly group: string;
  /** The most that one call may take. */
  readonly batch: number;
}

/**
 * Joins records of a partition into units, as large as their handlers allow. Order holds per key: a record joins an earlier
 * unit only when nothing of its key comes after that unit.
 */
export function unitsOf<T extends Unitable>(records: readonly T[]): T[][] {
  const units: T[][] = [];
  const lastOfKey = new Map<string, number>();
  const openOfGroup = new Map<string, number>();
  for (const record of records) {
    const open = openOfGroup.get(record.group);
    let at = open !== undefined && units[open]!.length < record.batch && open >= (lastOfKey.get(record.key) ?? 0) ? open : -1;
    if (at < 0) {
      at = units.push([]) - 1;
      openOfGroup.set(record.group, at);
    }
    units[at]!.push(record);
    lastOfKey.set(record.key, at);
  }
  return units;
}
