import { createHash } from 'node:crypto';
import { objectOf, type Foreign } from '../foreign.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { csafVexIn } from './csaf-vex.ts';
import { cyclonedxVexIn } from './cyclonedx-vex.ts';
import { openVexIn } from './openvex.ts';
import type { VexDocument } from './vex.ts';

/** Reading more than this at once would hold up everything else. */
const maxVexBytes = 2 * 1024 * 1024;

/**
 * Reads OpenVEX, CycloneDX and CSAF, by what is in them, also within a signed envelope (DSSE), whose signature says nothing here;
 * throws `ReportRefused` for everything else.
 */
export function readVex(body: Uint8Array): VexDocument {
  const document = withoutEnvelope(objectOf(parsed(body)));
  if (!document) throw new ReportRefused('a VEX document is a JSON object', { pointer: '' });
  const read = readerOf(document);
  if (!read) throw new ReportRefused('this is none of OpenVEX, CycloneDX with analyses, CSAF 2', { pointer: '' });
  const vex = read(document, `sha256:${createHash('sha256').update(body).digest('hex')}`);
  if (vex.lines.length === 0) throw new ReportRefused('the document has no statement', { pointer: '' });
  return vex;
}

function withoutEnvelope(document: Foreign | undefined): Foreign | undefined {
  const payload = document?.['payload'];
  if (typeof payload !== 'string' || typeof document?.['payloadType'] !== 'string') return document;
  return objectOf(parsed(Buffer.from(payload, 'base64')));
}

type Read = (document: Foreign, digest: string) => VexDocument;

function readerOf(document: Foreign): Read | undefined {
  if (String(document['@context']).startsWith('https://openvex.dev/ns')) return openVexIn;
  if (document['bomFormat'] === 'CycloneDX') return cyclonedxVexIn;
  return objectOf(document['document'])?.['csaf_version'] === undefined ? undefined : csafVexIn;
}

function parsed(body: Uint8Array): unknown {
  if (body.length > maxVexBytes) throw new ReportRefused(`a VEX document has at most ${maxVexBytes / 2 ** 20} MiB: send it in parts`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new ReportRefused(`this is no JSON in UTF-8: ${(error as Error).name}`, { pointer: '' });
  }
}
