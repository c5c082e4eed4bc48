import { Injectable } from '@nestjs/common';
import type { Component } from '@throughline/findings';
import { Database } from '@throughline/service';
import { lockVerdicts, Matching } from '../advisories/matching.ts';
import { chunksOf } from '../bulk.ts';
import { Components } from '../inventory/components.ts';

const chunkSize = 2_000;

/** Makes the components of a report known and compares those that are new with the advisories. */
@Injectable()
export class ComponentRegister {
  constructor(
    private readonly database: Database,
    private readonly components: Components,
    private readonly matching: Matching,
  ) {}

  async register(components: readonly Component[]): Promise<void> {
    const inOrder = [...components].sort((a, b) => (a.purl < b.purl ? -1 : 1));
    for (const chunk of chunksOf(inOrder, chunkSize)) {
      await this.database.transaction(async (tx) => {
        await lockVerdicts(tx, 'shared');
        await this.matching.matchVersions(tx, await this.components.register(tx, chunk));
      });
    }
  }
}
