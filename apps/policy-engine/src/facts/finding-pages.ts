import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { FindingState, type FindingsEvaluated } from '@throughline/contracts';
import { Blobs } from '@throughline/blobs';
import type { PresentFinding } from '@throughline/policy';
import { rows, type Tx } from '@throughline/service';
import { isDismissed } from './triage.ts';

/** Findings of an item in compressed pages of at most 500, named by their content. */
export interface PagedFindings {
  readonly total: number;
  readonly pages: readonly FindingPage[];
}

interface FindingPage {
  readonly digest: Buffer;
  readonly body: Buffer;
}

const pageSize = 500;
/** More findings of one item are only counted: nobody judges by the fifty-thousandth. */
const maxKept = 50_000;
const compress = promisify(gzip);

/** Brings the findings of an evaluation into pages. Equal pages are stored once, whatever subject they come from. */
@Injectable()
export class FindingPages {
  constructor(private readonly blobs: Blobs) {}

  /** Outside of any transaction: it may read and compress tens of thousands of findings. */
  async of(fact: FindingsEvaluated): Promise<PagedFindings> {
    const kept: PresentFinding[] = [];
    let total = 0;
    for await (const state of this.present(fact)) {
      total += 1;
      if (kept.length < maxKept) kept.push(presentFinding(state));
    }
    kept.sort((a, b) => (a.id < b.id ? -1 : 1));
    const pages = [];
    for (let start = 0; start < kept.length; start += pageSize) {
      const json = JSON.stringify(kept.slice(start, start + pageSize));
      pages.push({ digest: createHash('sha256').update(json).digest(), body: await compress(json) });
    }
    return { total, pages };
  }

  /** Stores pages in the order of their digests, so that two transactions never wait for each other. */
  async store(tx: Tx, pages: readonly FindingPage[]): Promise<void> {
    if (pages.length === 0) return;
    const ordered = [...pages].sort((a, b) => a.digest.compare(b.digest));
    await rows(tx, 'insert into finding_page (digest, body) select * from unnest($1::bytea[], $2::bytea[]) on conflict do nothing', [
      ordered.map(({ digest }) => digest),
      ordered.map(({ body }) => body),
    ]);
  }

  private async *present(fact: FindingsEvaluated): AsyncIterable<FindingState> {
    yield* fact.present;
    if (fact.presentRef === undefined) return;
    const lines = this.blobs.lines(fact.presentRef, { maxLineBytes: 64 * 1024, maxLines: 1_000_000 });
    for await (const line of lines) if (line !== '') yield JSON.parse(line) as FindingState;
  }
}

function presentFinding(state: FindingState): PresentFinding {
  const { id, severity, tools, line, knownExploited, epss } = state;
  return {
    id,
    class: state.class,
    rule: wellFormed(state.rule),
    title: wellFormed(state.title),
    severity,
    tools,
    path: state.path === undefined ? undefined : wellFormed(state.path),
    line,
    purl: state.purl === undefined ? undefined : wellFormed(state.purl),
    fixedIn: state.fixedIn === undefined ? undefined : wellFormed(state.fixedIn),
    advisory: state.advisory,
    cve: state.cve,
    knownExploited,
    epss,
    ...(isDismissed(state.triage) ? { dismissed: true } : {}),
  };
}

/** Half of a surrogate pair has no canonical form. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}
