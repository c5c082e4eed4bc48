import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EvaluationThread, TookTooLong } from './evaluation-thread.ts';
import type { Order, Reading, Verdict } from './orders.ts';

/** Time of the thread that one policy gets (threats PO-1). */
const policyMs = 250;
/** All policies together, before it is found out which of them takes too long. */
const togetherMs = 500;
/** Unpacking and packing five thousand findings, or reading a policy with a hundred cases. */
const frameMs = 5_000;
const maxWaiting = 1000;

/** Too many judgements wait for the thread; what asked is repeated by its queue or told to come again. */
export class EvaluationsBusy extends Error {
  readonly code = 'evaluations_busy';
}

/** Judges and reads policies outside the main thread, one after the other, each policy within its time. */
@Injectable()
export class Evaluations implements OnApplicationShutdown {
  private readonly thread = new EvaluationThread();
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Judges. A policy that takes too long is an error of that policy, the others are evaluated all the same. */
  judge(order: Order): Promise<Verdict> {
    return this.inTurn(async () => {
      const { policies } = await this.thread.ask('open', order, frameMs);
      try {
        await this.thread.ask('evaluateAll', undefined, togetherMs);
      } catch (error) {
        if (!(error instanceof TookTooLong)) throw error;
        await this.oneByOne(order, policies);
      }
      return this.thread.ask('conclude', undefined, frameMs);
    });
  }

  /** Each policy under its own clock: a question to the thread costs more than most policies do. */
  private async oneByOne(order: Order, policies: number): Promise<void> {
    await this.thread.ask('open', order, frameMs);
    const skipped: { index: number; why: string }[] = [];
    for (let index = 0; index < policies; index++) {
      try {
        await this.thread.ask('evaluate', index, policyMs);
      } catch (error) {
        if (!(error instanceof TookTooLong)) throw error;
        skipped.push({ index, why: error.message });
        await this.resume(order, index, skipped);
      }
    }
  }

  /** The whole input of an order, as canonical JSON. */
  inputOf(order: Order): Promise<string> {
    return this.inTurn(async () => {
      await this.thread.ask('open', order, frameMs);
      return this.thread.ask('show', undefined, frameMs);
    });
  }

  /** Reads a policy document and runs its cases. */
  read(text: string, version: number): Promise<Reading> {
    return this.inTurn(async () => {
      try {
        return await this.thread.ask('read', { text, version }, frameMs);
      } catch (error) {
        if (!(error instanceof TookTooLong)) throw error;
        return { flaws: [{ pointer: '', detail: `its cases cannot be run: ${error.message}` }] };
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.thread.end();
  }

  /** Brings a new thread to where the ended one was. */
  private async resume(order: Order, upTo: number, skipped: readonly { index: number; why: string }[]): Promise<void> {
    await this.thread.ask('open', order, frameMs);
    for (let index = 0; index < upTo; index++) {
      if (!skipped.some((each) => each.index === index)) await this.thread.ask('evaluate', index, policyMs);
    }
    for (const each of skipped) await this.thread.ask('skip', each, frameMs);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= maxWaiting) throw new EvaluationsBusy(`${maxWaiting} judgements wait already`);
    this.waiting += 1;
    const turn = this.tail.then(work, work);
    this.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }
}
