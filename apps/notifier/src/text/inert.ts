/** What moves or hides text instead of showing it: controls, line separators, bidirectional and zero-width characters, fillers, tags. */
const unseen = /(?![\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

const joinsEmoji = /\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]*$/u;
const startsEmoji = /^\p{Extended_Pictographic}/u;

/** One line of foreign text that shows what it is: line breaks become a space, characters that act unseen become `\u{…}`. */
export function inert(text: string): string {
  const line = text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/\s*(?:\r\n|[\n\r\t])\s*/g, ' ');
  return line.replace(unseen, (char: string, offset: number) => {
    if (
      char === '\u200d' &&
      joinsEmoji.test(line.slice(Math.max(0, offset - 6), offset)) &&
      startsEmoji.test(line.slice(offset + 1, offset + 3))
    ) {
      return char;
    }
    return `\\u{${char.codePointAt(0)!.toString(16)}}`;
  });
}

/** At most `max` UTF-16 units, ending in an ellipsis where something was cut; never cuts a character in half. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = text.slice(0, Math.max(0, max - 1));
  if (/[\ud800-\udbff]$/.test(kept)) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** An address that may become a link: http, https and mailto only, in its normalised spelling; else undefined. */
export function safeHref(address: string): string | undefined {
  if (address.length > 2048 || inert(address) !== address) return undefined;
  const url = URL.parse(address);
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href;
}
