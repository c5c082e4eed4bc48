import { Injectable } from '@nestjs/common';
import { make, SuppressionsRead } from '@throughline/contracts';
import { Outbox, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { subjectOf } from '../runs/announcements.ts';
import type { EvidenceRequest } from '../runs/evidence-requests.ts';
import type { readBranch } from './branch-reading.ts';
import { ReadingRows } from './reading-rows.ts';

type Read = Awaited<ReturnType<typeof readBranch>>;

/** Keeps what was read, and tells that there is something to read. */
@Injectable()
export class SuppressionNews {
  constructor(
    private readonly database: Database,
    private readonly table: ReadingRows,
    private readonly outbox: Outbox,
  ) {}

  before(repository: string) {
    return this.database.transaction((tx) => this.table.find(tx, repository));
  }

  async tell(lease: Pick<Lease<object>, 'complete'>, request: EvidenceRequest, { lines, ...read }: Read): Promise<void> {
    const { repository, commit, position, id } = request;
    await this.database.transaction(async (tx) => {
      const before = await this.table.find(tx, repository);
      const saved = await this.table.save(tx, { repository, commit, position, lines, ...read });
      await lease.complete(tx);
      // Where nothing is and nothing was, nobody has to know.
      if (!saved || (lines.length === 0 && (before?.lines.length ?? 0) === 0)) return;
      const files = new Set(lines.map(({ file }) => file)).size;
      const fact = make(SuppressionsRead, { subject: subjectOf(request, undefined), lines: lines.length, files });
      await this.outbox.add(tx, { fact, deliveryKey: `suppressions ${id}`, because: request.cause });
    });
  }
}
