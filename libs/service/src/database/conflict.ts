/** SQLSTATE of a transaction that could not be put in an order with another one, and of one that lost a deadlock. */
const codes: readonly unknown[] = ['40001', '40P01'];

/** True for a transaction that Postgres ended in favour of another one: the same work succeeds a moment later. */
export function isConflict(error: unknown): boolean {
  return codes.includes((error as { code?: unknown } | null | undefined)?.code);
}
