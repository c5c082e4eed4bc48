import { cvssScore, parsePurl } from '@throughline/versions';
import type { RawFinding } from '../../raw.ts';
import { Head, headBytes } from '../head.ts';
import { advisoryIds, at, objectOf, objectsOf, present, rejected, textOf, vulnerable, type Foreign } from '../fields.ts';
import { marksOf } from '../marks.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { refused, statementIn, statementType, type Statement } from './statement.ts';

const vulns = /^https:\/\/in-toto\.io\/attestation\/vulns\/v0\.[12]$/;
/** Predicates that are reports of their own. */
const reports = /^(?:https:\/\/cyclonedx\.org\/bom(?:\/|$)|https:\/\/spdx\.dev\/Document(?:\/|$)|https:\/\/openvex\.dev\/ns(?:\/|$))/;
/** What cosign attests of a scan: the report of any tool is within. */
const scans = /^(?:https:\/\/)?cosign\.sigstore\.dev\/attestation\/vuln\/v1$/;
const mostSubjects = 100;

/**
 * In-toto statements about vulnerabilities, alone, in a DSSE envelope or a Sigstore bundle. Signatures are not looked at: what
 * is uploaded counts as far as who uploads it. A report that a statement carries is read by its own reader.
 */
export function inToto(within: readonly ReportReader[]): ReportReader {
  return {
    name: 'in-toto',
    title: 'in-toto statement',
    finds: ['vulnerability', 'code', 'secret', 'configuration', 'licence'],
    passes: 1,
    marks: ['$._type', '$.predicateType', '$.payloadType', '$.payload', '$.dsseEnvelope.payloadType', '$.predicate.scanner.uri'],
    recognises: (head) =>
      statementType.test(String(head.value('$._type'))) ||
      head.has('$.dsseEnvelope') ||
      (head.has('$.payloadType') && (head.has('$.payload') || !head.whole)),
    toolOf: (head) => textOf(head.value('$.predicate.scanner.uri'), 64),
    read: (open) => read(open, within),
  };
}

async function* read(open: OpenReport, within: readonly ReportReader[]): AsyncIterable<ReadLine> {
  const statement = await statementIn(open);
  const { predicateType, predicate, pointer } = statement;
  if (vulns.test(predicateType)) yield* vulnerabilitiesOf(statement);
  else if (reports.test(predicateType)) yield* readWithin(predicate, pointer, within);
  else if (scans.test(predicateType)) yield* readWithin(at(predicate, 'scanner', 'result'), [...pointer, 'scanner', 'result'], within);
  else throw refused('the statement is about something else than vulnerabilities', [...pointer.slice(0, -1), 'predicateType']);
}

/** Exactly one reader may know what is within, as of any report. Places are said from the outside. */
async function* readWithin(report: unknown, pointer: readonly string[], within: readonly ReportReader[]): AsyncIterable<ReadLine> {
  const bytes = Buffer.from(JSON.stringify(report ?? null));
  const head = new Head(bytes.subarray(0, headBytes), bytes.length <= headBytes, marksOf(within));
  const [reader, ...others] = within.filter((one) => one.recognises(head));
  if (!reader || others.length > 0) throw refused('the statement carries no report that is read here', pointer);
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(bytes);
  };
  const outer = `/${pointer.join('/')}`;
  try {
    for await (const line of reader.read(open))
      yield 'rejected' in line ? { rejected: { ...line.rejected, pointer: `${outer}${line.rejected.pointer}` } } : line;
  } catch (error) {
    if (!(error instanceof ReportRefused)) throw error;
    throw new ReportRefused(error.message, { pointer: `${outer}${error.place.pointer ?? ''}` });
  }
}

function* vulnerabilitiesOf({ predicate, subjects, pointer }: Statement): Iterable<ReadLine> {
  const scanner = objectOf(predicate['scanner']);
  const result = scanner?.['result'];
  // Writers of protocol buffers leave empty lists out.
  if (!scanner || (result !== undefined && !Array.isArray(result)))
    throw refused('the statement says nothing of a scan', [...pointer, 'scanner']);
  if (subjects.length > mostSubjects)
    throw refused(`the statement has more than ${mostSubjects} subjects`, [...pointer.slice(0, -1), 'subject']);
  for (const [index, one] of ((result ?? []) as readonly unknown[]).entries()) {
    const id = textOf(objectOf(one)?.['id'], 200);
    if (id === undefined || subjects.length === 0)
      yield rejected([...pointer, 'scanner', 'result', index], 'a result has an id, and the statement a subject');
    else for (const subject of subjects) yield { finding: findingOf(id, objectOf(one)!, subject) };
  }
}

function findingOf(id: string, result: Foreign, subject: Foreign): RawFinding {
  const uri = [subject['uri'], subject['name']].map((one) => textOf(one, 1024)).find((one) => one?.startsWith('pkg:'));
  const parsed = uri === undefined ? undefined : parsePurl(uri);
  const name = parsed?.name ?? textOf(subject['name'], 300) ?? textOf(subject['uri'], 300) ?? 'the subject';
  const vectors = objectsOf(result['severity'], 50).flatMap(({ score }) => textOf(score, 300) ?? []);
  const score = vectors.map(cvssScore).find((one) => one !== undefined);
  const ids = advisoryIds(id);
  return vulnerable(
    // Without a vector that can be read it is not rated.
    { rule: id, title: `${id} in ${name}`.slice(0, 300), severity: score?.severity ?? 'medium' },
    present({ name, version: parsed?.version, purl: parsed && uri, ecosystem: undefined, purlType: undefined }),
    { ids: ids.length === 0 ? [id] : ids, cvss: score?.base },
  );
}
