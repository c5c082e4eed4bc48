import { Injectable } from '@nestjs/common';
import { InternalClient, Log } from '@throughline/service';
import type { Standing } from '../facts/snapshots.ts';
import type { Question } from './question.ts';

/** What the owner of the evidence plans says about a subject. */
interface PlanState {
  readonly known: boolean;
  /** Number of the last item, null while it is being planned. */
  readonly lastSeq: number | null;
  readonly open: number;
}

const answerMs = 300;

/** Asks the owner of the evidence plans how far they go: what is known here may be a moment behind. */
@Injectable()
export class EvidencePlans {
  constructor(
    private readonly client: InternalClient,
    private readonly log: Log,
  ) {}

  /** What is planned there and not known here, as a text for `missing`; undefined when all of it is. */
  async gapIn({ repository, commit }: Question, standing: Standing | undefined): Promise<string | undefined> {
    const plan = await this.ask(repository, commit);
    if (!plan) return 'The service that plans scans did not answer, so it is not known whether all evidence is here';
    if (!plan.known) return 'Nothing is known about this commit: no push, change request or scan of it has arrived';
    if (plan.lastSeq === null) return 'The evidence for this commit is still being planned';
    const reached = standing?.subject.evidence.plan?.throughSeq ?? 0;
    if (!standing || reached < plan.lastSeq)
      return `Evidence through number ${plan.lastSeq} is planned, and through ${reached} is known here yet`;
    return undefined;
  }

  private async ask(repository: string, commit: string): Promise<PlanState | undefined> {
    try {
      return await this.client.call<PlanState>('scanner-orchestrator', {
        method: 'GET',
        path: '/internal/evidence',
        query: { repository, commit },
        timeoutMs: answerMs,
      });
    } catch (error) {
      this.log.warn({ error, repository, commit }, 'a gate could not learn how far the evidence plan goes');
      return undefined;
    }
  }
}
