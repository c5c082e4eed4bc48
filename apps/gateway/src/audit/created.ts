const largest = 64 * 1024;

/** Id of what an answer says was made; of an answer that is passed through as a stream nothing is known. */
export function createdIn(payload: unknown): string | undefined {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return undefined;
  if (payload.length > largest) return undefined;
  try {
    const { id } = JSON.parse(payload.toString()) as { id?: unknown };
    return typeof id === 'string' && id.length <= 200 ? id : undefined;
  } catch {
    return undefined;
  }
}
