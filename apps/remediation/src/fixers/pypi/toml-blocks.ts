/** A lock file in TOML, cut at its `[[package]]` tables; the texts joined are the file. */
export interface TomlBlocks {
  readonly head: string;
  readonly blocks: readonly string[];
  readonly tail: string;
}

/** Line ends are those of Unix. */
export function readTomlBlocks(text: string): TomlBlocks {
  const starts = [...text.matchAll(/^\[\[package\]\][ \t]*$/gm)].map(({ index }) => index);
  if (starts.length === 0) return { head: text, blocks: [], tail: '' };
  const last = starts.at(-1)!;
  const next = /^\[(?!\[?package(?:\.|\]))/m.exec(text.slice(last));
  const end = next ? last + next.index : text.length;
  const blocks = starts.map((start, index) => text.slice(start, starts[index + 1] ?? end));
  return { head: text.slice(0, starts[0]), blocks, tail: text.slice(end) };
}

/** The file again, one empty line between its parts. */
export function tomlText({ head, blocks, tail }: TomlBlocks): string {
  const parts = [head, ...blocks, tail].map((part) => part.replace(/\n+$/, '')).filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** A key with its items, each on a line of its own; nothing for none. */
export function tomlList(key: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`${key} = [`, ...items.map((item) => `    ${item},`), ']'];
}

/** Unix line ends while a text is edited. */
export function withUnixLines(text: string, edit: (text: string) => string): string {
  if (!text.includes('\r\n')) return edit(text);
  return edit(text.replaceAll('\r\n', '\n')).replaceAll('\n', '\r\n');
}
