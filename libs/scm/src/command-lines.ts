import type { Command } from '@throughline/contracts';
import { line } from './payload.ts';

/** More in one comment are not done. */
const mostCommands = 5;
/** What lies behind is not read, and neither is a line that ends there. */
const mostText = 65_536;
const mostLines = 1_000;
const longestReason = 500;

const given = /^\/throughline(?:[ \t]+(\S.*)?)?$/;
const waive = /^(\d+)[ \t]+until[ \t]+(\S+)[ \t]+because[ \t]+(.+)$/;
const falsePositive = /^(\d+)[ \t]+because[ \t]+(.+)$/;
const codeForm = /^[\w-]{16,100}$/;
const quotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '„': '“', '«': '»' };

/**
 * The commands of a comment: lines that begin with `/throughline`. What is quoted, code, or not shown is nobody's command. A line
 * that begins like one and cannot be read is a command, too, with what is wrong with it. Anybody may write a comment: it is read
 * once, up to the last command that is done.
 */
export function commandsIn(text: string): Command[] {
  const commands: Command[] = [];
  for (const one of shownLines(firstLines(text))) {
    const [match, rest = ''] = given.exec(one) ?? [];
    if (match !== undefined) commands.push(commandOf(rest.trimEnd()));
    if (commands.length === mostCommands) break;
  }
  return commands;
}

function firstLines(text: string): readonly string[] {
  const whole = text.length <= mostText ? text : text.slice(0, text.lastIndexOf('\n', mostText) + 1);
  return whole.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n', mostLines);
}

function commandOf(text: string): Command {
  const [verb = ''] = /^[^ \t]*/.exec(text) ?? [];
  const rest = text.slice(verb.length).trim();
  if (verb === 'rerun') return rest === '' ? { verb } : unreadable('rerun takes nothing behind it');
  if (verb === 'link') return codeForm.test(rest) ? { verb, code: rest } : unreadable('link takes the code that was shown to you');
  if (verb === 'waive') return waiveOf(rest);
  if (verb === 'false-positive') return falsePositiveOf(rest);
  return unreadable(verb === '' ? 'a command is missing' : 'there is no such command');
}

function waiveOf(text: string): Command {
  const [, number, until = '', why = ''] = waive.exec(text) ?? [];
  if (number === undefined) return unreadable('write waive N until YYYY-MM-DD because …');
  const [item, reason] = [itemOf(number), reasonOf(why)];
  if (item === undefined) return unreadable('the number is that of a matter in our comment');
  if (!isDay(until)) return unreadable('the day is written like 2026-12-15');
  return reason === undefined ? unreadable('say why, in at most 500 characters') : { verb: 'waive', item, until, reason };
}

function falsePositiveOf(text: string): Command {
  const [, number, why = ''] = falsePositive.exec(text) ?? [];
  if (number === undefined) return unreadable('write false-positive N because …');
  const [item, reason] = [itemOf(number), reasonOf(why)];
  if (item === undefined) return unreadable('the number is that of a matter in our comment');
  return reason === undefined ? unreadable('say why, in at most 500 characters') : { verb: 'false-positive', item, reason };
}

function unreadable(problem: string): Command {
  return { verb: 'unreadable', problem };
}

function itemOf(text: string): number | undefined {
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}

/** A day that is in the calendar. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** As it was written, without marks that act, and without the quotes around it. */
function reasonOf(text: string): string | undefined {
  if (text.length > longestReason) return undefined;
  const clean = line(text, longestReason);
  const bare = clean.length > 2 && quotes[clean[0]!] === clean.at(-1) ? clean.slice(1, -1).trim() : clean;
  return /[\p{L}\p{N}]/u.test(bare) ? bare : undefined;
}

/** The lines that stand in a comment as text of who wrote it: no fenced or indented code, quotation or hidden remark. */
function* shownLines(lines: readonly string[]): Iterable<string> {
  let fence: string | undefined;
  let hidden = false;
  for (const one of lines) {
    const [, marks] = /^ {0,3}(`{3,}|~{3,})/.exec(one) ?? [];
    if (fence !== undefined) {
      if (marks?.startsWith(fence) && one.trim() === marks) fence = undefined;
    } else if (hidden) {
      hidden = !one.includes('-->');
    } else if (marks !== undefined) {
      fence = marks;
    } else {
      hidden = one.lastIndexOf('<!--') > one.lastIndexOf('-->');
      yield one;
    }
  }
}
