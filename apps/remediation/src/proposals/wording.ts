/** What is said about a fix. */
export interface Worded {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly string[];
}

/** One line about a fix, of checked names and our own words. */
export function summaryOf(fix: Worded): string {
  const { length } = fix.findings;
  return `Raise ${fix.name} from ${fix.from} to ${fix.to}: closes ${length} ${length === 1 ? 'finding' : 'findings'}`;
}

const mostNamed = 50;

/** The message of the commit that applies a fix: ids and our own words, so that no foreign text becomes a trailer or a command. */
export function commitMessageOf(proposal: string, fix: Worded): string {
  const named = fix.findings.slice(0, mostNamed).map((finding) => `- ${finding}`);
  const more = fix.findings.length > mostNamed ? [`- and ${fix.findings.length - mostNamed} more`] : [];
  return [
    `fix(deps): raise ${fix.name} to ${fix.to}`,
    '',
    'Closes the findings',
    ...named,
    ...more,
    '',
    `Throughline-Proposal: ${proposal}`,
    '',
  ].join('\n');
}
