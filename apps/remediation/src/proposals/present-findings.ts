import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { FindingState, type FindingsEvaluated } from '@throughline/contracts';
import { plainToInstance } from 'class-transformer';

const limits = { maxLineBytes: 64 * 1024, maxLines: 200_000 };

/** What an evaluation found, also where it did not fit into the fact. */
@Injectable()
export class PresentFindings {
  constructor(private readonly blobs: Blobs) {}

  async of(fact: FindingsEvaluated): Promise<readonly FindingState[]> {
    if (fact.presentRef === undefined) return fact.present;
    const present: FindingState[] = [];
    for await (const line of this.blobs.lines(fact.presentRef, limits))
      present.push(plainToInstance(FindingState, JSON.parse(line) as object));
    return present;
  }
}
