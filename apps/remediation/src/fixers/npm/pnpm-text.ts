/** A part of a YAML file in pnpm's own layout: a key and all that stands below it, as text. */
export interface Part {
  readonly key: string;
  readonly raw: string;
}

/** Cuts a text at the keys that stand at an indentation; `head` is what stands before the first. */
export function cutAt(text: string, indent: number): { readonly head: string; readonly parts: readonly Part[] } {
  const starts = [...text.matchAll(new RegExp(`^ {${indent}}(?=[^\\s#-])`, 'gm'))].map(({ index }) => index);
  const parts = starts.map((start, index) => {
    const raw = text.slice(start, starts[index + 1] ?? text.length);
    return { key: keyOf(raw.trimStart()), raw };
  });
  return { head: text.slice(0, starts[0] ?? text.length), parts };
}

/** The value of a plain or quoted scalar. */
export function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

function keyOf(line: string): string {
  const quoted = /^'(?:[^']|'')*'|^"(?:[^"\\]|\\.)*"/.exec(line)?.[0];
  return quoted === undefined ? line.slice(0, /:(?:\s|$)/.exec(line)?.index ?? line.length) : unquoted(quoted);
}

/** A text as pnpm writes it; inside `{}` and `[]` more has to be quoted. */
export function scalar(text: string, isInFlow = false): string {
  const isPlain =
    /^[^\s\-?:,[\]{}#&*!|=>'"%@`]/.test(text) &&
    !/:(?:\s|$)|\s#|\s$/.test(text) &&
    !/^(?:~|null|true|false|yes|no|on|off|[-+]?(?:\d[\d_]*|0x[\da-f]+|0o?[0-7]+|\d*\.\d*(?:e[-+]?\d+)?|\d+e[-+]?\d+|\.inf|\.nan)|\d{4}-\d\d?-\d\d?.*)$/i.test(
      text,
    ) &&
    !(isInFlow && /[,[\]{}]/.test(text));
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

/** `{a: b}` and `[a, b]`. */
export function flow(value: Readonly<Record<string, string>> | readonly string[]): string {
  if (Array.isArray(value)) return `[${(value as readonly string[]).map((one) => scalar(one, true)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, one]) => `${scalar(key, true)}: ${scalar(one, true)}`)
    .join(', ')}}`;
}

/** Sets the scalar at a path of keys; the text stays as it is where there is none. */
export function withScalar(text: string, path: readonly string[], value: string): string {
  const lines = text.split('\n');
  const above: { readonly indent: number; readonly key: string }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || /^\s*(?:#|-)/.test(line)) continue;
    const indent = line.search(/\S/);
    while (above.length > 0 && above.at(-1)!.indent >= indent) above.pop();
    above.push({ indent, key: keyOf(line.trimStart()) });
    if (above.length !== path.length || above.some(({ key }, depth) => key !== path[depth])) continue;
    const start = /^\s*(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s].*?):(?=\s|$)/.exec(line)![0];
    lines[index] = `${start} ${scalar(value)}`;
    break;
  }
  return lines.join('\n');
}
