/** Below it, somebody who holds the identity key finds the value by trying. */
export const weakBelowBits = 40;

/** Estimated bits of a value: its length times the Shannon entropy of its characters. Words of a dictionary have fewer. */
export function estimatedBits(value: string): number {
  const characters = [...value];
  const counts = new Map<string, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / characters.length);
  return bits;
}
