/** A package of a programming language, by the parts of its package URL. */
export interface LanguagePackage {
  readonly type: 'npm' | 'pypi' | 'golang' | 'maven' | 'gem' | 'composer' | 'cargo';
  readonly namespace?: string;
  readonly name: string;
  readonly version: string;
  readonly licence?: string;
}

/** Where a language says what is installed. */
export interface LanguageFile {
  readonly wants: (path: string, file: { readonly size: number; readonly executable: boolean }) => boolean;
  /** What a file says; nothing for one that says nothing. Never throws for what it cannot read: an image has odd files. */
  readonly packages: (path: string, content: Buffer) => Promise<readonly LanguagePackage[]> | readonly LanguagePackage[];
}

const longest = 300;

/** A name or version as manifests write them: a word. */
export function wordIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^\S+$/.test(value.trim()) && value.length <= longest ? value.trim() : undefined;
}

/** Text of a licence; undefined where there is none, or a whole one. */
export function licenceIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text === 'UNKNOWN' || text.length > 200 || text.includes('\n') ? undefined : text;
}

/** JSON of a file; undefined for what is none. */
export function jsonIn(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

export function fieldsIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A package with what is known of it. */
export function languagePackage(
  type: LanguagePackage['type'],
  name: string,
  version: string,
  { namespace, licence }: { readonly namespace?: string | undefined; readonly licence?: string | undefined } = {},
): LanguagePackage {
  return { type, name, version, ...(namespace !== undefined && { namespace }), ...(licence !== undefined && { licence }) };
}
