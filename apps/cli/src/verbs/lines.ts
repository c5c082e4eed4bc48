import { once } from 'node:events';
import {
  affectsPurl,
  canonicalPurl,
  comparatorOf,
  cvssScore,
  ecosystemNamed,
  packageOf,
  parsePurl,
  systemPackageOf,
} from '@throughline/versions';
import { Refused } from '../exit.ts';
import { say } from '../terminal.ts';

const longestLine = 16 * 1024 * 1024;

/** What a line is answered; one that cannot be read is `null`, and why is told beside. */
type Answer = { readonly value: unknown } | { readonly refused: string };

/** `a b` → -1, 0 or 1 in the order of an ecosystem. */
export async function compareVersions(
  { ecosystem: named }: { readonly ecosystem: string },
  input?: AsyncIterable<Uint8Array>,
): Promise<void> {
  const ecosystem = ecosystemNamed(named);
  if (ecosystem === undefined) throw new Refused('usage', `no order of versions is known for the ecosystem ${JSON.stringify(named)}`);
  const order = comparatorOf(ecosystem)!;
  await answerLines(input, (line) => {
    const [left, right, ...more] = line.trim().split(/\s+/);
    if (!left || right === undefined || more.length > 0) return { refused: 'two versions with a space between them are expected' };
    const value = order.compare(left, right);
    const strange = [left, right].filter((version) => order.compare(version, version) === undefined);
    return value === undefined ? { refused: `${strange.join(' and ')}: no version of ${ecosystem}` } : { value };
  });
}

/** `{ osv, purl }` → true, false or "unknown". */
export function tellAffected(input?: AsyncIterable<Uint8Array>): Promise<void> {
  return answerLines(input, (line) => {
    const { osv, purl } = (JSON.parse(line) ?? {}) as { osv?: unknown; purl?: unknown };
    if (typeof osv !== 'object' || osv === null) return { refused: '`osv` is no advisory' };
    const parsed = typeof purl === 'string' ? parsePurl(purl) : undefined;
    return parsed ? { value: affectsPurl(osv, parsed) } : { refused: '`purl` is no package URL' };
  });
}

/** A package URL, taken apart; with its one spelling, and what it is called in advisories. */
export function parsePurls(input?: AsyncIterable<Uint8Array>): Promise<void> {
  return answerLines(input, (line) => {
    const purl = parsePurl(line.trim());
    if (!purl) return { refused: 'is no package URL' };
    const { type, namespace = null, name, version = null, qualifiers = null, subpath = null } = purl;
    return { value: { type, namespace, name, version, qualifiers, subpath, canonical: canonicalPurl(line.trim()), ...advisedAs(purl) } };
  });
}

/** A CVSS vector → its scores and rating. */
export function scoreVectors(input?: AsyncIterable<Uint8Array>): Promise<void> {
  return answerLines(input, (line) => {
    const value = cvssScore(line.trim());
    return value ? { value } : { refused: 'is no CVSS vector of version 2.0, 3.0, 3.1 or 4.0 with all its base metrics' };
  });
}

function advisedAs(purl: NonNullable<ReturnType<typeof parsePurl>>): object {
  const known = packageOf(purl);
  if (known) return { ecosystem: known.ecosystem, package: known.name };
  const system = systemPackageOf(purl);
  if (!system) return {};
  return { ecosystem: system.release === undefined ? system.system : `${system.system}:${system.release}`, package: system.names[0]!.name };
}

/** One line of JSON for each line that comes in, in the same order. */
async function answerLines(input: AsyncIterable<Uint8Array> = process.stdin, answer: (line: string) => Answer): Promise<void> {
  if (input === process.stdin && process.stdin.isTTY) say('one line each; end with Ctrl-D');
  let number = 0;
  for await (const line of linesOf(input)) {
    number += 1;
    const told = answerOf(line, answer);
    if ('refused' in told) say(`line ${number}: ${told.refused}`);
    const more = process.stdout.write(`${JSON.stringify('refused' in told ? null : told.value)}\n`);
    if (!more) await once(process.stdout, 'drain');
  }
}

function answerOf(line: string, answer: (line: string) => Answer): Answer {
  try {
    return answer(line);
  } catch {
    return { refused: 'cannot be read' };
  }
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, '');
    if (rest.length > longestLine) throw new Refused('usage', `a line has more than ${longestLine / 1024 / 1024} Mi characters`);
  }
  if (rest !== '') yield rest;
}
