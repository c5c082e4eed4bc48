import type { FindingFormat } from './writer.ts';

/** Each finding as the list of findings answers it, one a line. */
export const jsonLines: FindingFormat = {
  contentType: 'application/x-ndjson',
  extension: 'ndjson',
  open: () => ({
    begin: () => '',
    page: (findings) => findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''),
    end: () => '',
  }),
};
