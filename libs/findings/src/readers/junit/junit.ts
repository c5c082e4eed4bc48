import type { RawFinding } from '../../raw.ts';
import { attribute, child, type XmlElement } from '../../xml/xml-element.ts';
import { xmlItems, type SeenElements } from '../../xml/xml-items.ts';
import { present, rejected, textOf, wholeOf } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** Suites may lie in suites; deeper than this no tool nests them. */
const deepest = 8;
/** Below one suite, or a list of them. */
const suites = ['/testsuites', '/testsuite'].flatMap((root) =>
  Array.from({ length: deepest }, (_, depth) => `${root}${'/testsuite'.repeat(depth)}`),
);
const tooDeep = ['/testsuites', '/testsuite'].map((root) => `${root}${'/testsuite'.repeat(deepest)}/@`);

/**
 * JUnit XML of any test runner. A test that failed or broke is a finding, one that was skipped was not looked at. What a
 * test wrote is not read: it quotes what was sent and answered.
 */
export const junit: ReportReader = {
  name: 'junit',
  title: 'JUnit XML',
  finds: ['code'],
  passes: 1,
  marks: ['/testsuites', '/testsuite'],
  recognises: (head) => head.has('/testsuites') || head.has('/testsuite'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: SeenElements = new Set();
  const broken = new Set(suites.map((suite) => `${suite}/error`));
  const tests = suites.map((suite) => `${suite}/testcase`);
  for await (const { selector, path, element } of xmlItems(open(), [...tests, ...broken, ...tooDeep], { seen })) {
    if (tooDeep.includes(selector)) throw new ReportRefused(`suites lie in more than ${deepest} others`, { line: element.line });
    // A suite that could not be set up has no tests to tell of.
    if (broken.has(selector)) yield { unread: {} };
    else yield* linesOf(element, path);
  }
  if (!seen.has('/testsuites') && !seen.has('/testsuite')) throw new ReportRefused('this is no report of JUnit', { line: 1, column: 1 });
}

function* linesOf(test: XmlElement, path: readonly string[]): Iterable<ReadLine> {
  const name = textOf(attribute(test, 'name'), 300);
  if (name === undefined) {
    yield rejected(path, `line ${test.line}: a test has a name`);
    return;
  }
  const broken = child(test, 'failure') ?? child(test, 'error');
  if (broken) yield { finding: findingOf(test, name, broken) };
  else if (child(test, 'skipped') ?? child(test, 'disabled')) yield { unread: {} };
}

function findingOf(test: XmlElement, name: string, broken: XmlElement): RawFinding {
  const group = textOf(attribute(test, 'classname'), 200);
  const line = Number(attribute(test, 'line'));
  const rule = [group, name].filter((part) => part !== undefined).join('.');
  return present<RawFinding>({
    class: 'code',
    rule: rule.slice(0, 200),
    title: `Test failed: ${name}`.slice(0, 300),
    description: textOf(attribute(broken, 'type'), 200),
    severity: 'medium',
    path: textOf(attribute(test, 'file'), 1024),
    line: wholeOf(line, 1),
    // Tests of one file are told apart by their names.
    resource: rule.slice(0, 500),
  });
}
