import { describe, expect, it, jest } from '@jest/globals';
import { commandsIn } from './command-lines.ts';

const commands = (...lines: readonly string[]) => commandsIn(lines.join('\n'));
const waive = { verb: 'waive', item: 1, until: '2026-12-15', reason: 'the parser is never fed from outside' };
const problem = (text: string) => [{ verb: 'unreadable', problem: expect.stringContaining(text) }];

describe('a line of a comment', () => {
  it.each([
    ['/throughline rerun', { verb: 'rerun' }],
    ['/throughline   rerun  ', { verb: 'rerun' }],
    ['/throughline\trerun', { verb: 'rerun' }],
    ['/throughline waive 1 until 2026-12-15 because the parser is never fed from outside', waive],
    ['/throughline waive 1 until 2026-12-15 because "the parser is never fed from outside"', waive],
    ['/throughline waive 1 until 2026-12-15 because “the parser is never fed from outside”', waive],
    ['/throughline waive 1  until  2026-12-15  because  the parser is never fed from outside', waive],
    [
      '/throughline false-positive 12 because es ist nur ein Test – „Ümläut“ 🙂',
      { verb: 'false-positive', item: 12, reason: 'es ist nur ein Test – „Ümläut“ 🙂' },
    ],
    [
      '/throughline false-positive 3 because it says "because" twice because so',
      { verb: 'false-positive', item: 3, reason: 'it says "because" twice because so' },
    ],
    ['/throughline false-positive 3 because a\u202eb', { verb: 'false-positive', item: 3, reason: 'a b' }],
    ['/throughline link tl_code_abcdefghijklmnop', { verb: 'link', code: 'tl_code_abcdefghijklmnop' }],
  ])('%s is a command', (line, command) => {
    expect(commands(line)).toEqual([command]);
  });

  it.each([
    ['/throughline', 'missing'],
    ['/throughline accept 1', 'no such command'],
    ['/throughline Rerun', 'no such command'],
    ['/throughline rerun all', 'takes nothing'],
    ['/throughline constructor', 'no such command'],
    ['/throughline waive', 'waive N until'],
    ['/throughline waive 1 because it is fine', 'waive N until'],
    ['/throughline waive 1 until 2026-12-15', 'waive N until'],
    ['/throughline waive 0 until 2026-12-15 because x', 'number'],
    ['/throughline waive 99999 until 2026-12-15 because x', 'number'],
    ['/throughline waive 1 until tomorrow because x', 'day'],
    ['/throughline waive 1 until 2026-02-30 because x', 'day'],
    ['/throughline waive 1 until 15.12.2026 because x', 'day'],
    ['/throughline waive 1 until 2026-12-15 because …', 'say why'],
    [`/throughline waive 1 until 2026-12-15 because ${'x'.repeat(501)}`, 'say why'],
    ['/throughline false-positive because x', 'false-positive N'],
    ['/throughline false-positive one because x', 'false-positive N'],
    ['/throughline false-positive 1,2 because x', 'false-positive N'],
    ['/throughline link', 'code'],
    ['/throughline link a b', 'code'],
  ])('%s cannot be read, and says why', (line, why) => {
    expect(commands(line)).toEqual(problem(why));
  });

  it.each([
    'Please do /throughline rerun',
    ' /throughline rerun',
    '    /throughline rerun',
    '- /throughline rerun',
    '> /throughline rerun',
    '`/throughline rerun`',
    '/throughliner rerun',
    '/throughline-rerun',
    '/THROUGHLINE rerun',
    '/throughline\u00a0rerun',
    '//throughline rerun',
    'Cannot fix it now? Reply `/throughline waive 1 until YYYY-MM-DD because …`',
    '',
  ])('%j is nobody’s command', (line) => {
    expect(commands(line)).toEqual([]);
  });
});

describe('a comment of several lines', () => {
  it('gives its commands in order, whatever ends its lines', () => {
    expect(commandsIn('Well.\r\n/throughline rerun\r\n\r\n/throughline false-positive 1 because x\nThanks')).toMatchObject([
      { verb: 'rerun' },
      { verb: 'false-positive', item: 1 },
    ]);
  });

  it.each([
    ['code', ['```', '/throughline rerun', '```']],
    ['code with a language', ['```sh', '/throughline rerun', '```', 'see?']],
    ['code behind other marks', ['~~~~', '~~~', '/throughline rerun', '~~~~']],
    ['code that never ends', ['```', 'x', '', '/throughline rerun']],
    ['code with other code in it', ['````', '```', '````', '```', '/throughline rerun', '```']],
    ['a remark that is not shown', ['<!--', '/throughline rerun', '-->']],
  ])('gives none in %s', (_, lines) => {
    expect(commands(...lines)).toEqual([]);
  });

  it('gives commands behind code and remarks', () => {
    const lines = ['```', '/throughline link tl_code_abcdefghijklmnop', '```', '<!-- x -->', '<!--', '-->', '/throughline rerun'];

    expect(commands(...lines)).toEqual([{ verb: 'rerun' }]);
  });

  it('gives five commands at most, and is read to a bound', () => {
    const long = 'x'.repeat(60_000);

    expect(commands(...Array.from({ length: 9 }, () => '/throughline rerun'))).toHaveLength(5);
    expect(commands(long, '/throughline rerun')).toEqual([{ verb: 'rerun' }]);
    expect(commands(...Array.from({ length: 999 }, () => 'x'), '/throughline rerun')).toEqual([{ verb: 'rerun' }]);
    expect(commands(...Array.from({ length: 1000 }, () => 'x'), '/throughline rerun')).toEqual([]);
    expect(commands(long, 'x'.repeat(6_000), '/throughline rerun')).toEqual([]);
  });

  it('gives no command that is cut where it is not read any more', () => {
    const before = 'x'.repeat(65_536 - '\n/throughline rerun'.length);

    expect(commands(before, '/throughline rerun')).toEqual([{ verb: 'rerun' }]);
    expect(commands(before, '/throughline rerun all')).toEqual([]);
  });
});

describe('a hostile comment of a mebibyte', () => {
  const size = 2 ** 20;
  const filled = (line: string): string => line.repeat(Math.ceil(size / line.length));
  const hostile = [
    ['of empty lines', '\n'.repeat(size)],
    ['of commands', filled('/throughline rerun\n')],
    ['of lines that are almost commands', filled('/throughliner\n')],
    ['of fences', filled('```\n')],
    ['of remarks', filled('<!--\n-->\n')],
    ['of one mark', '`'.repeat(size)],
    ['of one command with much space', `/throughline x${' '.repeat(size)}y`],
    ['of one command with much space that is read', `/throughline x${' '.repeat(65_000)}y\n${filled('x')}`],
    ['of one command that breaks in the middle', `/throughline x${' '.repeat(65_000)}\u2028\n${filled('x')}`],
    ['of one command that never gets to the point', `/throughline waive 1 until 2026-12-15 ${' because'.repeat(8_000)}\n${filled('x')}`],
  ] as const;

  it.each(hostile)('%s is looked at once, as far as it is read', (_, text) => {
    const exec = jest.spyOn(RegExp.prototype, 'exec');

    commandsIn(text);

    const characters = exec.mock.calls.reduce((sum, [looked]) => sum + looked.length, 0);
    exec.mockRestore();
    expect(characters).toBeLessThan(5 * 65_536);
  });

  it('is read in time that grows with its length only', () => {
    const began = process.cpuUsage().user;

    for (const [, text] of hostile) commandsIn(text);

    expect(process.cpuUsage().user - began).toBeLessThan(1_000_000);
  });
});
