/** A text with places to fill: `{cve}`, or `{cve|advisory|"no id"}` where the first that is not empty is taken. */
export interface Template {
  readonly render: (values: Readonly<Record<string, string>>) => string;
}

/** A template that cannot be read or names a place that does not exist. */
export class TemplateRefused extends Error {
  readonly code = 'template_refused';
}

const maxValue = 200;
const maxText = 500;

/** Compiles a template whose places must be among `names`. */
export function compileTemplate(source: string, names: readonly string[]): Template {
  const parts = source.split(/(\{[^{}]*\})/).map((part) => (/^\{.*\}$/.test(part) ? placeIn(part, names) : part));
  for (const part of parts) {
    if (typeof part === 'string' && /[{}]/.test(part)) throw new TemplateRefused(`has a brace without its partner in "${part.trim()}"`);
  }
  const fill = (values: Readonly<Record<string, string>>): string =>
    parts.map((part) => (typeof part === 'string' ? part : part(values))).join('');
  return { render: (values) => cut(closed(fill(values)), maxText) };
}

/**
 * Foreign text as plain text: control and direction characters gone, white space single, at most `max` characters.
 * Channels escape it once more for their own markup.
 */
export function plainText(text: string, max = maxValue): string {
  const clean = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, '');
  return cut(clean.trim(), max);
}

function placeIn(part: string, names: readonly string[]): (values: Readonly<Record<string, string>>) => string {
  const choices = part.slice(1, -1).split('|');
  const readers = choices.map((choice) => {
    const literal = /^"(.*)"$/.exec(choice);
    if (literal) return () => literal[1]!;
    if (!names.includes(choice)) throw new TemplateRefused(`has no place {${choice}}; known are ${names.join(', ')}`);
    return (values: Readonly<Record<string, string>>) => plainText(values[choice] ?? '');
  });
  return (values) => {
    for (const read of readers) {
      const text = read(values);
      if (text !== '') return text;
    }
    return '';
  };
}

/** Takes away the blanks that an empty place leaves. */
function closed(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;:)])(?= |$)/g, '$1')
    .trim();
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/\p{Cs}$/u, '')}…`;
}
