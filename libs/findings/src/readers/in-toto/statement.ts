import { jsonItems } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import { objectOf, objectsOf, textOf, type Foreign } from '../fields.ts';
import type { OpenReport } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

export const statementType = /^https:\/\/in-toto\.io\/Statement\/v(?:0\.1|1)$/;

/** What an in-toto statement says. */
export interface Statement {
  readonly predicateType: string;
  readonly predicate: Foreign;
  /** Where the predicate lies; of an envelope as if its payload were a part of it. */
  readonly pointer: readonly string[];
  readonly subjects: readonly Foreign[];
}

const statementMedia = 'application/vnd.in-toto+json';
const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** A predicate is held as a whole. */
const limits = { ...jsonLimits, maxItemBytes: 32 * 1024 * 1024 };
const fields = ['_type', 'predicateType', 'subject', 'predicate', 'payloadType', 'payload', 'dsseEnvelope'];

/** The statement of a document: alone, in a DSSE envelope, or in a Sigstore bundle. Throws `ReportRefused` with the place. */
export async function statementIn(open: OpenReport): Promise<Statement> {
  const document = await fieldsOf(open());
  const bundled = document.get('dsseEnvelope');
  const envelope = bundled === undefined ? Object.fromEntries(document) : objectOf(bundled);
  if (bundled === undefined && !document.has('payload') && !document.has('payloadType')) return statementOf(document, []);
  const pointer = bundled === undefined ? [] : ['dsseEnvelope'];
  return statementOf(await payloadOf(envelope, pointer), [...pointer, 'payload']);
}

async function payloadOf(envelope: Foreign | undefined, pointer: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const { payload, payloadType } = envelope ?? {};
  if (payloadType !== statementMedia) throw refused('the envelope holds no in-toto statement', [...pointer, 'payloadType']);
  if (typeof payload !== 'string' || payload === '' || !base64.test(payload) || payload.replace(/=+$/, '').length % 4 === 1)
    throw refused('the payload is no base64', [...pointer, 'payload']);
  try {
    return await fieldsOf(
      (async function* () {
        yield await Promise.resolve(Buffer.from(payload, 'base64'));
      })(),
    );
  } catch (error) {
    if (!(error instanceof ReportRefused)) throw error;
    throw refused(`the payload is no statement: ${error.message}`, [...pointer, 'payload']);
  }
}

async function fieldsOf(report: AsyncIterable<Uint8Array>): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  const selectors = fields.map((name) => `$.${name}`);
  for await (const { path, value } of jsonItems(report, selectors, { limits })) found.set(String(path[0]), value);
  return found;
}

function statementOf(found: ReadonlyMap<string, unknown>, pointer: readonly string[]): Statement {
  const predicate = objectOf(found.get('predicate'));
  const predicateType = textOf(found.get('predicateType'), 300);
  if (!statementType.test(String(found.get('_type')))) throw refused('this is no in-toto statement', [...pointer, '_type']);
  if (predicateType === undefined) throw refused('the statement does not say what it is about', [...pointer, 'predicateType']);
  if (!predicate) throw refused('the statement has no predicate', [...pointer, 'predicate']);
  return { predicateType, predicate, pointer: [...pointer, 'predicate'], subjects: objectsOf(found.get('subject')) };
}

export function refused(message: string, pointer: readonly string[]): ReportRefused {
  return new ReportRefused(message, { pointer: `/${pointer.join('/')}` });
}
