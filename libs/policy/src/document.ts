import { LineCounter, parseDocument, type Document } from 'yaml';
import { readCase } from './case-reader.ts';
import { compilePolicy, failModes, modes, type Policy, type PolicyDocument } from './policy.ts';
import { ranges } from './range.ts';
import { Reader } from './reader.ts';
import { PolicyRefused, type Flaw } from './refusal.ts';
import { allClasses, allGates, allSeverities } from './words.ts';

/** Largest policy document, in bytes. */
export const maxDocumentBytes = 64 * 1024;

const maxExpression = 4000;
const maxTemplate = 1000;
const fields = [
  ...[
    'name',
    'description',
    'gates',
    'mode',
    'severity',
    'failMode',
    'needs',
    'each',
    'select',
    'when',
    'warnOnly',
    'repositorySuppressions',
  ],
  ...['message', 'fix', 'controls', 'cases'],
];

/** Reads and compiles a policy from YAML or JSON; throws `PolicyRefused` with the pointer and line of every flaw. */
export function readPolicy(text: string, version: number): Policy {
  const source = parse(text);
  const flaws: Flaw[] = [];
  const document = readDocument(new Reader(source.value, flaws));
  if (flaws.length > 0) throw new PolicyRefused(flaws.map(source.placed));
  try {
    return compilePolicy(document, version);
  } catch (error) {
    if (error instanceof PolicyRefused) throw new PolicyRefused(error.errors.map(source.placed));
    throw error;
  }
}

/** Reads a policy from data that was parsed already; throws `PolicyRefused`. */
export function readPolicyValue(value: unknown, version: number): Policy {
  const flaws: Flaw[] = [];
  const document = readDocument(new Reader(value, flaws));
  if (flaws.length > 0) throw new PolicyRefused(flaws);
  return compilePolicy(document, version);
}

function readDocument(reader: Reader): PolicyDocument {
  const member = reader.members(fields);
  const name = member('name');
  const gates = member('gates').items(allGates.length);
  if (gates.length === 0) member('gates').refuse(`must name at least one of ${allGates.join(', ')}`);
  if (!member('select').present && !member('when').present) reader.refuse('needs select or when: otherwise it never says anything');
  const needs = member('needs');
  const document: PolicyDocument = {
    name: name.text(100),
    description: member('description').text(500),
    gates: gates.map((gate) => gate.oneOf(allGates)),
    mode: member('mode').oneOf(modes, 'audit'),
    severity: member('severity').oneOf(allSeverities),
    failMode: member('failMode').oneOf(failModes, 'closed'),
    needs: needs.present ? needs.items(allClasses.length).map((each) => each.oneOf(allClasses)) : allClasses,
    each: member('each').oneOf(ranges, 'added'),
    select: member('select').optionalText(maxExpression),
    when: member('when').optionalText(maxExpression),
    warnOnly: member('warnOnly').optionalText(maxExpression),
    ...(member('repositorySuppressions').present && { repositorySuppressions: member('repositorySuppressions').oneOf(['allow'] as const) }),
    message: member('message').text(maxTemplate),
    fix: member('fix').text(maxTemplate),
    controls: member('controls')
      .items(50)
      .map((control) => control.text(100)),
    cases: member('cases').items(100).map(readCase),
  };
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(document.name)) name.refuse('must be lower-case words joined by hyphens, e.g. secret-added');
  return document;
}

interface Source {
  readonly value: unknown;
  /** Adds the line to a flaw where the document shows it. */
  readonly placed: (flaw: Flaw) => Flaw;
}

/** Aliases are refused: they are how a small document becomes a huge one. */
function parse(text: string): Source {
  if (Buffer.byteLength(text) > maxDocumentBytes) {
    throw new PolicyRefused([{ pointer: '', detail: `has more than ${maxDocumentBytes} bytes` }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: true });
  const placed = (flaw: Flaw): Flaw => {
    const line = lineOf(document, lines, flaw.pointer);
    return line === undefined ? flaw : { pointer: flaw.pointer, detail: `line ${line}: ${flaw.detail}` };
  };
  const broken = document.errors.slice(0, 20).map((error) => ({
    pointer: '',
    detail: `line ${lines.linePos(error.pos[0]).line}: ${error.message}`,
  }));
  if (broken.length > 0) throw new PolicyRefused(broken);
  try {
    return { value: document.toJS({ maxAliasCount: 0 }) as unknown, placed };
  } catch (error) {
    throw new PolicyRefused([{ pointer: '', detail: `cannot be read: ${(error as Error).message} (write aliases out)` }]);
  }
}

function lineOf(document: Document, lines: LineCounter, pointer: string): number | undefined {
  const path = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]!).line;
  }
  return undefined;
}
