import type { OpenReport } from '../readers/reader.ts';
import { normalForm } from './normal-form.ts';
import type { Sbom, SbomFormat } from './sbom.ts';

/** What a document says. Throws `ReportRefused` for what is no document of the format, with the place. */
export async function readSbom(format: SbomFormat, open: OpenReport): Promise<Sbom> {
  return normalForm(await format.read(open));
}
