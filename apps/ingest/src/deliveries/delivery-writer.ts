import { Injectable } from '@nestjs/common';
import type { WebhookReceipt } from '@throughline/contracts';
import { Outbox, WorkQueue, type NewWork } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { calledNow, Renames } from '../repositories/renames.ts';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import { receiptOf, type Candidate, type Outcome } from './candidate.ts';
import { insertLastDeliveries } from './delivery-rows.ts';
import { holdGround, type Ground } from './ground.ts';
import { markName, repeatedAmong } from './marks.ts';
import { commandsOf } from '../commands/command-work.ts';
import { reachLooksOf } from '../reach/reach-work.ts';
import { checkOf } from './push-check.ts';
import { afterPushes, inDoubt, isDoubtful } from './push-order.ts';
import { misnamed, nameTaken, wasDismissed } from './standing.ts';
import { draftsOf } from './told-facts.ts';

/** What became of a candidate; undefined when its source was changed after it had been read, and nothing was written. */
export type Written = WebhookReceipt | undefined;

/** Writes deliveries and their facts: a batch is one transaction, after which all of it is answered or none. */
@Injectable()
export class DeliveryWriter {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly repositories: RepositoryRegister,
    private readonly work: WorkQueue,
    private readonly renames: Renames,
  ) {}

  /** The receipts, in the order of the candidates; a repetition gets the receipt of the delivery that it repeats. */
  async write(candidates: readonly Candidate[]): Promise<Written[]> {
    const { distinct, repeats } = coalesce(candidates);
    const receipts = await this.database.transaction((tx) => this.writeDistinct(tx, distinct));
    return candidates.map((candidate) => receipts.get(repeats.get(candidate) ?? candidate));
  }

  private async writeDistinct(tx: Tx, distinct: readonly Candidate[]): Promise<ReadonlyMap<Candidate, Written>> {
    const ground = await holdGround(tx, distinct);
    const standing = new Set(distinct.filter(ground.stands));
    const earlier = await repeatedAmong(
      tx,
      ground.marks.filter(({ candidate }) => standing.has(candidate)),
      ground.claimed,
    );
    const fresh = [...standing].filter((candidate) => !earlier.has(candidate));
    const written = await this.writeFresh(tx, fresh, ground);
    const receipts = [...written].map(([candidate, now]) => [candidate, receiptOf(now.id, now.outcome.facts.length, now.outcome)] as const);
    return new Map([...earlier, ...receipts]);
  }

  /** What was written of each: a push out of order is held back, and what a person removed is not brought back. */
  private async writeFresh(tx: Tx, candidates: readonly Candidate[], ground: Ground): Promise<ReadonlyMap<Candidate, Candidate>> {
    if (candidates.length === 0) return new Map();
    for (const candidate of candidates) {
      const { repository } = candidate.outcome;
      if (repository && isMisnamed(candidate, ground)) this.renames.learn(calledNow(repository), ground.firstName(candidate));
    }
    const written = inOrder(candidates, ground);
    const fresh = [...written.values()];
    const registered = await this.repositories.registerBeside(
      tx,
      fresh.flatMap(({ outcome, source, traceparent }) => (outcome.repository ? [{ ...outcome.repository, source, traceparent }] : [])),
      ground.repositories,
    );
    const facts = this.outbox.draft([...registered.facts, ...fresh.flatMap(draftsOf)]);
    // Said at once, and the commit with the last of it: one wait instead of four.
    await Promise.all([
      this.outbox.write(tx, facts),
      this.work.add(tx, ...fresh.flatMap(workOf)),
      insertLastDeliveries(tx, fresh, registered.applications),
    ]);
    return written;
  }
}

/** One after the other as they came: each push is compared with what the ones before it left. */
function inOrder(candidates: readonly Candidate[], ground: Ground): ReadonlyMap<Candidate, Candidate> {
  const heads = new Map(ground.heads);
  const settled = new Map<Candidate, Candidate>();
  for (const candidate of candidates) {
    const outcome = outcomeOn(ground, candidate);
    const now = outcome === candidate.outcome ? candidate : { ...candidate, outcome };
    const doubtful = isDoubtful(now.outcome, heads);
    settled.set(candidate, doubtful ? { ...now, outcome: inDoubt(now.outcome) } : now);
    if (!doubtful) for (const [name, head] of afterPushes(now.outcome)) heads.set(name, head);
  }
  return settled;
}

/** What a person removed is not brought back, and what has another name than was known here is read again. */
function outcomeOn(ground: Ground, candidate: Candidate): Outcome {
  if (ground.dismissed(candidate)) return wasDismissed;
  const { repository } = candidate.outcome;
  const strange = isMisnamed(candidate, ground) ? 'renamed' : ground.strange(candidate);
  if (repository && strange === 'taken') return nameTaken(repository);
  return strange === 'renamed' ? misnamed(candidate.outcome) : candidate.outcome;
}

/** Read under a name that its repository was not first known by; or not any more. */
function isMisnamed(candidate: Candidate, ground: Ground): boolean {
  const { repository } = candidate.outcome;
  return repository !== undefined && repository.id !== (ground.firstName(candidate) ?? calledNow(repository));
}

/** The first of those that carry the same mark goes into the database, the others wait for its answer. */
function coalesce(candidates: readonly Candidate[]): { distinct: Candidate[]; repeats: ReadonlyMap<Candidate, Candidate> } {
  const byMark = new Map<string, Candidate>();
  const repeats = new Map<Candidate, Candidate>();
  const distinct: Candidate[] = [];
  for (const candidate of candidates) {
    const names = candidate.marks.map((mark) => markName(candidate.source.id, mark));
    const original = names.map((name) => byMark.get(name)).find((found) => found !== undefined);
    if (original) {
      repeats.set(candidate, original);
      continue;
    }
    distinct.push(candidate);
    for (const name of names) byMark.set(name, candidate);
  }
  return { distinct, repeats };
}

function workOf({ id, outcome, source }: Candidate): NewWork[] {
  if (outcome.status !== 'checking') return reachLooksOf(source, id, outcome.reach);
  return [outcome.commands ? commandsOf(id) : checkOf(id)];
}
