import type { EachBatchPayload } from 'kafkajs';

/** Offsets of this time are committed together. */
const gatherMs = 1_000;

type Batch = Pick<EachBatchPayload, 'uncommittedOffsets' | 'commitOffsetsIfNecessary'>;

/**
 * Commits how far a consumer has come beside its work: a commit for each batch has the next one wait for the broker. What was
 * handled and not committed comes again after a crash, as ever, and the inbox drops it.
 */
export class HandledOffsets {
  private latest: Batch | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Records of the batch were handled. */
  note(batch: Batch): void {
    this.latest = batch;
    this.timer ??= setTimeout(() => void this.commit(), gatherMs);
  }

  /** Never throws: what cannot be committed now goes with the next, or comes again. */
  async commit(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.latest;
    this.latest = undefined;
    const offsets = batch?.uncommittedOffsets();
    if (batch && offsets && offsets.topics.length > 0) await batch.commitOffsetsIfNecessary(offsets).catch(() => undefined);
  }
}
