import { Injectable } from '@nestjs/common';
import type { FindingsEvaluated } from '@throughline/contracts';
import type { EvidenceItem } from '@throughline/policy';
import { rows, type Tx } from '@throughline/service';
import type { PagedContent } from '../evaluation/orders.ts';
import { FindingPages, type PagedFindings } from './finding-pages.ts';

interface Row {
  readonly seq: number;
  readonly ruleset: string;
  readonly total: number;
  readonly pages: readonly Buffer[];
  readonly notEvaluated: string;
  readonly licences: string;
  readonly dataAsOf: Date | null;
}

/** An evaluation with the findings that it left. */
export interface Evaluated {
  readonly fact: FindingsEvaluated;
  readonly findings: PagedFindings;
}

/** What evaluated items say: findings by page, licences, and what could not be answered. */
@Injectable()
export class ItemContents {
  constructor(private readonly pages: FindingPages) {}

  async save(tx: Tx, subject: string, evaluated: readonly Evaluated[]): Promise<void> {
    await this.pages.store(
      tx,
      evaluated.flatMap(({ findings }) => findings.pages),
    );
    for (const each of evaluated) await this.saveOne(tx, subject, each);
  }

  private async saveOne(tx: Tx, subject: string, { fact, findings }: Evaluated): Promise<void> {
    await rows(
      tx,
      `update item set total = $3, pages = $4, not_evaluated = $5, licences = $6, data_as_of = $7
       where subject_id = $1 and seq = $2`,
      [
        subject,
        fact.seq,
        findings.total,
        findings.pages.map(({ digest }) => digest),
        JSON.stringify(fact.notEvaluated.map(({ what, reason }) => ({ what, reason }))),
        JSON.stringify(fact.licences.map(({ licence, components, examples }) => ({ licence, components, examples }))),
        fact.dataAsOf ?? null,
      ],
    );
  }

  /** The contents of the evaluated items, pages still compressed. */
  async of(tx: Tx, subject: string, items: readonly EvidenceItem[]): Promise<ReadonlyMap<number, PagedContent>> {
    const evaluated = items.filter((item) => item.state === 'evaluated').map((item) => item.seq);
    const found = await rows<Row>(
      tx,
      `select seq::float8 as seq, ruleset, total, not_evaluated as "notEvaluated", licences, data_as_of as "dataAsOf",
         array(select page.body from unnest(item.pages) with ordinality as wanted (digest, place)
           join finding_page page on page.digest = wanted.digest order by wanted.place) as pages
       from item where subject_id = $1 and seq = any($2::bigint[])`,
      [subject, evaluated],
    );
    return new Map(found.map((row) => [row.seq, contentOf(row)]));
  }
}

function contentOf({ ruleset, total, pages, notEvaluated, licences, dataAsOf }: Row): PagedContent {
  return {
    ruleset,
    total,
    pages,
    notEvaluated: JSON.parse(notEvaluated) as PagedContent['notEvaluated'],
    licences: JSON.parse(licences) as PagedContent['licences'],
    ...(dataAsOf === null ? {} : { dataAsOf: dataAsOf.toISOString() }),
  };
}
