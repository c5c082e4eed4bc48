import { inContinuousIntegration, wantsColour } from './config.ts';

const colours = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

/**
 * Makes foreign text harmless on a terminal: control characters (C0, C1, ANSI and OSC sequences with them), bidirectional and
 * zero-width characters are shown as escapes; a newline too, so that one value stays on one line.
 */
export function plain(text: string): string {
  let shown = '';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    shown += isHidden(code) ? `\\u{${code.toString(16)}}` : char;
  }
  return shown;
}

/** Text for a line of a CI log: no line may start with a command to the runner (`::`, `##`). */
export function logLine(text: string): string {
  return inContinuousIntegration() && /^\s*(?:::|##)/.test(text) ? `| ${text}` : text;
}

/** Talk goes to stderr, one line each; data goes to stdout. */
export function say(text: string): void {
  process.stderr.write(`${logLine(text)}\n`);
}

/** A line of human-readable data on stdout. */
export function show(text: string): void {
  process.stdout.write(`${logLine(text)}\n`);
}

/** Machine-readable data on stdout. */
export function showJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Our own words in a colour, where the terminal wants colours. */
export function paint(colour: keyof typeof colours, text: string): string {
  return wantsColour(process.stdout) ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
}

function isHidden(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code === 0xfeff
  );
}
