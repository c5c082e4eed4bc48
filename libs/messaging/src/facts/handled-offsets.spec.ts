import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OffsetsByTopicPartition } from 'kafkajs';
import { HandledOffsets } from './handled-offsets.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const upTo = (offset: string): OffsetsByTopicPartition => ({ topics: [{ topic: 'change', partitions: [{ partition: 0, offset }] }] });

function batch(uncommitted: () => OffsetsByTopicPartition, failure?: Error) {
  const committed: (OffsetsByTopicPartition | undefined)[] = [];
  return {
    committed,
    uncommittedOffsets: uncommitted,
    commitOffsetsIfNecessary: (offsets?: OffsetsByTopicPartition) => {
      committed.push(offsets);
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
  };
}

describe('the offsets of handled records', () => {
  it('are committed together, as far as they have come by then', async () => {
    const offsets = new HandledOffsets();
    let handled = '1';
    const one = batch(() => upTo(handled));

    offsets.note(one);
    offsets.note(one);
    handled = '7';
    await jest.advanceTimersByTimeAsync(1_000);

    expect(one.committed).toEqual([upTo('7')]);
  });

  it('are committed at once when the consumer stops, and not again', async () => {
    const offsets = new HandledOffsets();
    const one = batch(() => upTo('3'));
    offsets.note(one);

    await offsets.commit();
    await jest.advanceTimersByTimeAsync(5_000);

    expect(one.committed).toEqual([upTo('3')]);
  });

  it('wait for the next when the broker does not take them', async () => {
    const offsets = new HandledOffsets();
    const one = batch(() => upTo('3'), new Error('away'));
    offsets.note(one);

    await offsets.commit();
    offsets.note(one);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(one.committed).toHaveLength(2);
  });

  it('are nobody’s business while there are none', async () => {
    const offsets = new HandledOffsets();
    const one = batch(() => ({ topics: [] }));
    offsets.note(one);

    await offsets.commit();

    expect(one.committed).toEqual([]);
  });
});
