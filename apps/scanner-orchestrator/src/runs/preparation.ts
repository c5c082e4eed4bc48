import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GitFailed } from '@throughline/git';
import { PermanentFailure, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, ServiceAway, type Tx } from '@throughline/service';
import { EvidenceRequests } from './evidence-requests.ts';
import { PlanWriter } from './plan-writer.ts';
import { whileRenewed } from './renewed.ts';
import { Survey } from './survey.ts';
import { workKinds } from './work-kinds.ts';

/** A request to prepare, or a removed repository: of one repository they come one after the other. */
type Payload = { readonly request: string; readonly forget?: undefined } | { readonly forget: string };

const leaseSeconds = 120;
const maxAttempts = 6;

/** The work behind a request for evidence. */
@Injectable()
export class Preparation implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly requests: EvidenceRequests,
    private readonly survey: Survey,
    private readonly plans: PlanWriter,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(
      workKinds.prepare,
      { concurrency: 2, leaseSeconds, maxAttempts, onDead: (lease, tx, error) => this.giveUp(lease, tx, error) },
      (lease) => whileRenewed(lease, (leaseSeconds * 1000) / 3, () => this.prepare(lease)),
    );
  }

  private async prepare(lease: Lease<Payload>): Promise<void> {
    const { payload } = lease;
    if (payload.forget !== undefined) return this.survey.forget(payload.forget);
    const request = await this.database.transaction((tx) => this.requests.read(tx, payload.request));
    if (request?.state !== 'preparing') return;
    const surveyed = await this.survey.of(request, lease);
    await this.database.transaction(async (tx) => {
      await this.plans.write(tx, request, surveyed);
      await lease.complete(tx);
    });
  }

  /** The subject is then undecided, and says why. */
  private async giveUp({ payload }: Lease<Payload>, tx: Tx, error: Error): Promise<void> {
    if (payload.forget !== undefined) return;
    const request = await this.requests.read(tx, payload.request);
    if (request?.state === 'preparing') await this.plans.fail(tx, request, reasonOf(error));
  }
}

/** Only errors of ours are told to people: others may quote what they failed on. */
function reasonOf(error: Error): string {
  const known = [PermanentFailure, GitFailed, ServiceAway].some((kind) => error instanceof kind);
  return known ? error.message : `the commit could not be prepared (${error.name})`;
}
