import type { FindingAnswer, Page } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { sarifOf } from '../sarif.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface FindingFlags {
  readonly repository?: string;
  readonly commit?: string;
  readonly severity?: string;
  readonly class?: string;
  readonly limit: string;
  readonly json?: boolean;
  readonly sarif?: boolean;
}

/** More than an editor shows, or another platform takes. */
const mostPages = 50;
const pageSize = 100;

/** Lists findings, worst first. */
export async function listFindings(api: Api, flags: FindingFlags): Promise<void> {
  const { repository, commit, severity, limit } = flags;
  if (flags.sarif) return showJson(sarifOf(await allFindings(api, { repository, commit, severity, class: flags.class })));
  const page = await api.get<Page<FindingAnswer>>('findings', { repository, commit, severity, class: flags.class, limit, sort: '-risk' });
  if (flags.json) return showJson(page);
  for (const finding of page.items) show(findingLine(finding));
  say(page.items.length === 0 ? 'No findings match.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

/** All that a filter finds, worst first, up to 5,000. */
export async function allFindings(api: Api, query: Omit<FindingFlags, 'limit' | 'json' | 'sarif'>): Promise<FindingAnswer[]> {
  const found: FindingAnswer[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { items, next } = await api.get<Page<FindingAnswer>>('findings', { ...query, limit: pageSize, sort: '-risk', cursor });
    found.push(...items);
    if (!next) return found;
    cursor = next;
  }
  say(`only the first ${found.length} findings`);
  return found;
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
