import { make, WaiverLine, WaiverOrigin, WaiverScope, type ReadSuppression } from '@throughline/contracts';
import { longestWaiverDays, type Tolerance } from '@throughline/policy';
import type { WaiverContent } from '../waivers/waiver-content.ts';

/** A line that nobody has asked for an exception for yet; with the findings that lie where it speaks of, if it speaks of a place. */
export interface FreshLine {
  readonly read: ReadSuppression;
  readonly findings?: readonly string[];
}

/** Where lines stand, and for how long they may ask. */
interface Asking {
  readonly repository: string;
  readonly commit: string;
  readonly tolerance: Pick<Tolerance, 'application' | 'tier'>;
  readonly days: number;
  readonly now: Date;
  /** Lines that no exception can say, by file. */
  readonly unread: ReadonlyMap<string, readonly ReadSuppression[]>;
}

/** A request that the lines of one file make, who wrote them, and by which keys they are known again. */
export interface RepositoryRequest {
  readonly content: WaiverContent;
  readonly requestedBy: string;
  readonly addresses: readonly string[];
  readonly keys: readonly string[];
}

const dayMs = 86_400_000;
const mostLines = 100;
/** A record takes 64 KiB, and says more than this. */
const mostBytes = 24 * 1024;

/** One request for the lines of each file, or more where they do not fit into a record. */
export function requestsOf(lines: readonly FreshLine[], asking: Asking): readonly RepositoryRequest[] {
  const byFile = Map.groupBy(lines, ({ read }) => read.file);
  return [...byFile].flatMap(([file, all]) =>
    portionsOf(all.map((line) => waiverLine(line, asking))).map((some) => requestOf(file, some, asking)),
  );
}

/** What a line asks for is over, by its own words. */
export function isOver({ until }: ReadSuppression, now: Date): boolean {
  return until !== undefined && Date.parse(until) <= now.getTime();
}

function requestOf(file: string, lines: readonly WaiverLine[], asking: Asking): RepositoryRequest {
  const { repository, commit, tolerance, unread } = asking;
  const people = [...new Set(lines.map(({ author, email }) => (email === undefined ? author : `${author} <${email}>`)))];
  const [first = 'unknown'] = people;
  const unsaid = (unread.get(file) ?? [])
    .slice(0, 10)
    .map(({ line, mark, unread: why }) => `line ${line}: ${mark} (${why ?? ''})`.slice(0, 300));
  const content: WaiverContent = {
    scope: make(WaiverScope, { application: tolerance.application, repository, anyOf: [...lines] }),
    ...{ reason: reasonOf(file, lines), owner: first.slice(0, 200), endsWhen: ['known_exploited'] },
    until: lines.map(({ until }) => until!).reduce((latest, each) => (each > latest ? each : latest)),
    origin: make(WaiverOrigin, { kind: 'repository' as const, file, commit, unread: unsaid }),
  };
  const more = people.length > 1 ? ` and ${people.length - 1} more` : '';
  return {
    ...{ content, requestedBy: `${first.slice(0, 180)}${more}`, keys: lines.map(({ key }) => key) },
    addresses: [...new Set(lines.flatMap(({ email }) => (email === undefined ? [] : [email.toLowerCase()])))],
  };
}

function reasonOf(file: string, lines: readonly WaiverLine[]): string {
  const given = [...new Set(lines.flatMap(({ reason }) => (reason === undefined ? [] : [reason])))];
  if (given.length === 0) return `${file} gives no reason`;
  const more = given.length > 3 ? `; and ${given.length - 3} more reasons` : '';
  return `${given.slice(0, 3).join('; ')}${more}`.slice(0, 2000);
}

function waiverLine({ read, findings }: FreshLine, { now, days, tolerance }: Asking): WaiverLine {
  const { key, tool, line, mark, reason, author, email, authoredAt } = read;
  const about = findings === undefined ? aboutOf(read) : { findings: [...findings] };
  return make(WaiverLine, {
    ...{ key, tool, line, mark, author, ...about, until: untilOf(read, now, days, tolerance) },
    ...(reason !== undefined && { reason }),
    ...(email !== undefined && { email }),
    ...(authoredAt !== undefined && { authoredAt }),
  });
}

function aboutOf({ class: kind, rule, advisory, cve, purl, path }: ReadSuppression): Partial<WaiverLine> {
  const about = Object.entries({ class: kind, rule, advisory, cve, purl, path }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(about);
}

/**
 * The end that the file names, or so many days from now on, and never later than anybody may ask for. Not from the day on which
 * the line was written: many would be over before somebody has seen them, and a new author of an old line would prolong it.
 */
function untilOf({ until }: ReadSuppression, now: Date, days: number, { tier }: Asking['tolerance']): string {
  const latest = now.getTime() + longestWaiverDays(tier) * dayMs;
  const asked = until === undefined ? now.getTime() + days * dayMs : Date.parse(until);
  return new Date(Math.min(asked, latest)).toISOString();
}

function portionsOf(lines: readonly WaiverLine[]): readonly (readonly WaiverLine[])[] {
  const portions: WaiverLine[][] = [];
  let bytes = Infinity;
  for (const line of lines) {
    const own = Buffer.byteLength(JSON.stringify(line));
    if (bytes + own > mostBytes || portions.at(-1)!.length >= mostLines) {
      portions.push([]);
      bytes = 0;
    }
    portions.at(-1)!.push(line);
    bytes += own;
  }
  return portions;
}
