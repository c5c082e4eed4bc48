import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OriginRefused } from '@throughline/git';
import { PermanentFailure, type Lease } from '@throughline/messaging';
import { Problem } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { CommitUnreachable, type Mirror } from '../runner/git/mirror.ts';
import { listTree, TreeRefused, type TreeListing } from '../runner/git/tree-listing.ts';
import { Mirrors } from '../runner/mirrors.ts';
import { ScannerDesk } from '../runner/scanner-desk.ts';
import type { PlacedSuppression } from '../suppressions/reading.ts';
import { suppressionsAdded } from '../suppressions/tree-suppressions.ts';
import { baseOf } from './bases.ts';
import type { EvidenceRequest } from './evidence-requests.ts';
import { expect, type ExpectedItem } from './expected-item.ts';
import { HostWaits } from './host-waits.ts';

/** What is known about a subject before anything of it is scanned. */
export interface Surveyed {
  readonly base: string | undefined;
  readonly expected: readonly ExpectedItem[];
  /** What the change adds of comments and files that ask a scanner to say nothing. */
  readonly suppressions: readonly PlacedSuppression[];
}

/** Looks at a subject: fetches its commit, finds its base, lists its tree. */
@Injectable()
export class Survey {
  constructor(
    private readonly mirrors: Mirrors,
    private readonly desk: ScannerDesk,
    private readonly waits: HostWaits,
  ) {}

  /** Throws `PermanentFailure` when no later attempt can see more, `WorkPostponed` while the host is away. */
  of(request: EvidenceRequest, lease: Lease<object>): Promise<Surveyed> {
    return this.waits.during(lease, request.repository, () => this.look(request, lease.signal));
  }

  private async look(request: EvidenceRequest, signal: AbortSignal): Promise<Surveyed> {
    await this.desk.settled(signal);
    const mirror = this.mirrors.of(request.repository);
    try {
      const commit = await this.fetch(mirror, request, signal);
      const [base, listing] = await Promise.all([baseOf(request, mirror, commit), listTree(mirror.git, commit)]);
      const suppressions = await this.added(request, mirror, commit, listing);
      const expected: ExpectedItem[] = [];
      for (const scanner of await this.desk.chosen()) expected.push(await expect(scanner, listing, (each) => this.desk.equip(each)));
      return { base, expected, suppressions };
    } catch (error) {
      throw isFinal(error) ? new PermanentFailure((error as Error).message) : error;
    }
  }

  /** Against the branch that it wants to join, or that all others come from; of a stock, and of that branch itself, none is new. */
  private async added(
    { baseline, first, baseRef, ref, pullRequest }: EvidenceRequest,
    mirror: Mirror,
    commit: string,
    listing: TreeListing,
  ): Promise<readonly PlacedSuppression[]> {
    if (baseline || first || baseRef === null || (baseRef === ref && pullRequest === null)) return [];
    const tip = await mirror.tip(baseRef);
    const base = tip === undefined ? undefined : await mirror.mergeBase(commit, tip);
    if (tip === undefined || base === undefined || base === commit) return [];
    return suppressionsAdded(mirror, { commit, base, tip, listing, salt: randomUUID() });
  }

  /** Deletes what was fetched of a repository. */
  async forget(repository: string): Promise<void> {
    await this.mirrors.of(repository).remove();
  }

  /** A change request may be aimed at a branch that nobody fetched, while its commit has long been here. */
  private fetch(mirror: Mirror, request: EvidenceRequest, signal: AbortSignal): Promise<string> {
    const { repository, commit, ref, via, pullRequest, baseRef } = request;
    const compared = pullRequest === null || baseRef === null ? {} : { compared: baseRef };
    return inSpan('fetch', { attributes: { 'vcs.repository': repository } }, () =>
      mirror.bring({ commit, refs: [...new Set([ref, ...via])], ...compared }, () => this.mirrors.originOf(repository), signal),
    );
  }
}

function isFinal(error: unknown): boolean {
  if (error instanceof Problem) return error.status === 404 || error.status === 403;
  return error instanceof CommitUnreachable || error instanceof OriginRefused || error instanceof TreeRefused;
}
