import type { FindingAnswer } from '@throughline/contracts';
import { stringify } from 'csv-stringify/sync';
import type { FindingFormat } from './writer.ts';

type Cell = string | number | undefined;

const columns: Readonly<Record<string, (finding: FindingAnswer) => Cell>> = {
  id: ({ id }) => id,
  class: (finding) => finding.class,
  severity: ({ severity }) => severity,
  risk: ({ risk }) => risk.score,
  priority: ({ risk }) => risk.priority,
  due: ({ risk }) => risk.due,
  title: ({ title }) => title,
  rule: ({ rule }) => rule,
  cve: ({ cve }) => cve,
  cwe: ({ cwe = [] }) => cwe.map((number) => `CWE-${number}`).join(' '),
  known_exploited: ({ kev }) => (kev === undefined ? undefined : String(kev)),
  epss: ({ epss }) => epss,
  purl: ({ component }) => component?.purl,
  version: ({ component }) => component?.version,
  fixed_in: ({ component }) => component?.fixedIn,
  path: ({ location }) => location?.path,
  line: ({ location }) => location?.line,
  repository: ({ repository }) => repository,
  application: ({ application }) => application,
  team: ({ team }) => team,
  owner: ({ owner }) => owner,
  detection: ({ detection }) => detection,
  triage: ({ triage }) => triage,
  exception: ({ waiver }) => waiver?.label,
  exception_until: ({ waiver }) => waiver?.until,
  tools: ({ attributions }) => attributions.map(({ tool }) => tool).join(' '),
  first_seen: ({ firstSeen }) => firstSeen,
  last_seen: ({ lastSeen }) => lastSeen,
  introduced_by: ({ introducedBy }) => introducedBy.commit,
  url: ({ url }) => url,
};
const values = Object.values(columns);

/** Lines end as RFC 4180 wants it; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
const options = { record_delimiter: 'windows', escape_formulas: true } as const;

/** One line for each finding, for spreadsheets and scripts (RFC 4180). */
export const csv: FindingFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  open: () => ({
    begin: () => stringify([Object.keys(columns)], options),
    page: (findings) =>
      stringify(
        findings.map((finding) => values.map((of) => of(finding) ?? '')),
        options,
      ),
    end: () => '',
  }),
};
