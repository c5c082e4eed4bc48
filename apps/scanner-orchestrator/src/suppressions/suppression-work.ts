import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { Mirrors } from '../runner/mirrors.ts';
import { EvidenceRequests } from '../runs/evidence-requests.ts';
import { whileRenewed } from '../runs/renewed.ts';
import { workKinds } from '../runs/work-kinds.ts';
import { readBranch } from './branch-reading.ts';
import { SuppressionNews } from './suppression-news.ts';

/** A request for evidence about the head of a default branch. */
interface Payload {
  readonly request: string;
}

const leaseSeconds = 120;

/** The work of reading what a default branch asks scanners not to say. */
@Injectable()
export class SuppressionWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly requests: EvidenceRequests,
    private readonly mirrors: Mirrors,
    private readonly told: SuppressionNews,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(workKinds.readSuppressions, { concurrency: 1, leaseSeconds, maxAttempts: 4 }, (lease) =>
      whileRenewed(lease, (leaseSeconds * 1000) / 3, () => this.read(lease)),
    );
  }

  private async read(lease: Lease<Payload>): Promise<void> {
    const request = await this.database.transaction((tx) => this.requests.read(tx, lease.payload.request));
    if (!request) return;
    const { repository, commit } = request;
    const mirror = this.mirrors.of(repository);
    // Given up because of its size, or deleted: whatever is pushed next brings it back.
    if (!(await mirror.has(commit))) return;
    const before = await this.told.before(repository);
    if (before && before.position > request.position) return;
    const read = await inSpan('read suppressions', { attributes: { 'vcs.repository': repository } }, () =>
      readBranch(mirror, commit, before, lease.signal),
    );
    await this.told.tell(lease, request, read);
  }
}
