/** Careful reading of foreign JSON: whatever has another shape than expected is simply not there. */
export type Foreign = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Foreign | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Foreign) : undefined;
}

export function objectsOf(value: unknown, max = 1000): readonly Foreign[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).slice(0, max).flatMap((item): readonly Foreign[] => {
    const object = objectOf(item);
    return object ? [object] : [];
  });
}

/** Text without control characters but line ends and tabs, cut at `max` UTF-16 units; undefined when nothing is left. */
export function textOf(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const clean = value
    .slice(0, max * 2)
    .replace(/[^\P{Cc}\t\n\r]/gu, '')
    .trim();
  return clean === '' ? undefined : cut(clean, max);
}

export function wholeOf(value: unknown, min: number): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= min ? (value as number) : undefined;
}

/** Cuts without leaving half a character behind. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** Leaves out what is undefined, as optional fields want it. */
export function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
