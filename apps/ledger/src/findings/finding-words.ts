/** What separates words: titles, rules, paths and package URLs are full of it. */
const separators = String.raw`/\._-@:#()[]{}<>=,;!?*+~|%&$"^`;

/** The words by which a finding is found; `of` is the name of its table with a dot, or nothing. */
export function wordsOf(of: 'f.' | ''): string {
  const columns = ['title', 'rule', 'path', 'cve', 'purl', 'repository'].map((column) => `coalesce(${of}${column}, '')`);
  return `to_tsvector('simple', translate(${columns.join(` || ' ' || `)}, '${separators}', '${' '.repeat(separators.length)}'))`;
}

/** Finds what has a word that begins so, for each word of a text; undefined for a text without words. */
export function wordsQuery(text: string): string | undefined {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words.length === 0 ? undefined : words.map((word) => `${word}:*`).join(' & ');
}
