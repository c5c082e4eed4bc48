import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import type { ReadSuppression } from '@throughline/contracts';
import { isComplete, type PresentFinding } from '@throughline/policy';
import { Database } from '@throughline/service';
import { ItemContents } from '../facts/item-contents.ts';
import { SubjectRows } from '../facts/subject-rows.ts';

type PlacedFinding = Pick<PresentFinding, 'id' | 'class' | 'rule' | 'tools' | 'path' | 'line'>;

const unpack = promisify(gunzip);

/** The findings of a commit that have a place, by file. */
export type FindingsByPath = ReadonlyMap<string, readonly PlacedFinding[]>;

/** Reads what was found at the head of a default branch. */
@Injectable()
export class BaseFindings {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectRows,
    private readonly contents: ItemContents,
  ) {}

  /** Undefined while not everything about the commit is known. */
  async at(repository: string, commit: string): Promise<FindingsByPath | undefined> {
    const contents = await this.database.transaction(async (tx) => {
      const subject = await this.subjects.find(tx, repository, commit);
      return subject && isComplete(subject.evidence) ? this.contents.of(tx, subject.id, subject.evidence.items) : undefined;
    });
    if (!contents) return undefined;
    const found = new Map<string, PlacedFinding[]>();
    for (const { pages } of contents.values()) {
      for (const page of pages) {
        for (const finding of JSON.parse((await unpack(page)).toString()) as PresentFinding[]) {
          if (finding.path === undefined || finding.line === undefined) continue;
          const { id, class: kind, rule, tools, path, line } = finding;
          found.set(path, [...(found.get(path) ?? []), { id, class: kind, rule, tools, path, line }]);
        }
      }
    }
    return found;
  }
}

/** Scanners that obey the comments of another one. */
const alike: Readonly<Record<string, readonly string[]>> = { semgrep: ['semgrep', 'njsscan'] };
const mostFindings = 50;

/** Ids of the findings that lie where a line of a repository asks for silence. */
export function findingsAt(read: ReadSuppression, findings: FindingsByPath): readonly string[] {
  const { path = '', from = 0, to = 0, last } = read;
  const inPlace = (findings.get(path) ?? []).filter((each) => each.line! >= from && each.line! <= to && isMeant(read, each));
  const nearest = Math.max(...inPlace.map(({ line }) => line!));
  const meant = last === true ? inPlace.filter(({ line }) => line === nearest) : inPlace;
  return [...new Set(meant.map(({ id }) => id))].sort().slice(0, mostFindings);
}

/** Of a secret the place says enough: every scanner calls it something else, and it is one finding for all of them. */
function isMeant({ tool, class: kind, rule }: ReadSuppression, finding: PlacedFinding): boolean {
  if (kind !== undefined && finding.class !== kind) return false;
  if (kind === 'secret') return true;
  if (rule !== undefined) return finding.rule === rule || finding.rule.endsWith(`.${rule}`);
  return finding.tools.some((each) => (alike[tool] ?? [tool]).includes(each));
}
