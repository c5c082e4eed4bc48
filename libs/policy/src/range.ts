/** What `select` is asked about, one by one: findings that the change adds, all open findings, scans or licences. */
export const ranges = ['added', 'findings', 'scans', 'licences'] as const;
export type Range = (typeof ranges)[number];

/** The name and type of the variable that `select` sees, by range. */
export const itemOf: Readonly<Record<Range, { readonly name: string; readonly type: string }>> = {
  added: { name: 'f', type: 'Finding' },
  findings: { name: 'f', type: 'Finding' },
  scans: { name: 's', type: 'Scan' },
  licences: { name: 'l', type: 'Licence' },
};

const always = ['count', 'more', 'application', 'tolerance', 'branch', 'commit'];
const ofFinding = ['id', 'title', 'rule', 'class', 'severity', 'place', 'path', 'line', 'tool'];
const ofVulnerability = ['purl', 'package', 'version', 'fixedIn', 'cve', 'advisory'];

/** The places that templates of a range may have. */
export function placesOf(range: Range): readonly string[] {
  if (range === 'scans') return [...always, 'tool', 'class', 'state', 'reason'];
  if (range === 'licences') return [...always, 'licence', 'components', 'example'];
  return [...always, ...ofFinding, ...ofVulnerability];
}
