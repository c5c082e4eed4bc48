import type { FindingAnswer, Page } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface FindingFlags {
  readonly repository?: string;
  readonly commit?: string;
  readonly severity?: string;
  readonly class?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** Lists findings, worst first. */
export async function listFindings(api: Api, flags: FindingFlags): Promise<void> {
  const { repository, commit, severity, limit } = flags;
  const page = await api.get<Page<FindingAnswer>>('findings', { repository, commit, severity, class: flags.class, limit, sort: '-risk' });
  if (flags.json) return showJson(page);
  for (const finding of page.items) show(findingLine(finding));
  say(page.items.length === 0 ? 'No findings match.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

/** One finding on one line: severity, what, where, fix. */
export function findingLine(finding: FindingAnswer): string {
  const colour = finding.severity === 'critical' || finding.severity === 'high' ? 'red' : 'dim';
  const place = finding.location
    ? `${finding.location.path}${finding.location.line ? `:${finding.location.line}` : ''}`
    : (finding.component?.purl ?? '');
  const fix = finding.component?.fixedIn ? `  fix: ${finding.component.fixedIn}` : '';
  return `${paint(colour, finding.severity.padEnd(8))} ${finding.class.padEnd(13)} ${plain(finding.title)}  ${plain(place)}${plain(fix)}`;
}
