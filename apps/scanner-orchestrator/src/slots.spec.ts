import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.ts';

/** Work that ends when it is told to. */
function held(slots: Slots): { readonly slot: Promise<number>; readonly end: () => void; readonly ended: Promise<void> } {
  const [taken, over] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
  const ended = slots.hold((slot) => {
    taken.resolve(slot);
    return over.promise;
  });
  return { slot: taken.promise, end: over.resolve, ended };
}

describe('Slots', () => {
  it('gives each its own number, the lowest that is free', async () => {
    const slots = new Slots();
    const [a, b] = [held(slots), held(slots)];
    expect([await a.slot, await b.slot]).toEqual([0, 1]);

    a.end();
    await a.ended;

    expect(await held(slots).slot).toBe(0);
  });

  it('is free again after work that failed', async () => {
    const slots = new Slots(1);

    await expect(slots.hold(() => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');

    expect(await held(slots).slot).toBe(0);
  });

  it('never has more in use than it may, whoever comes when', async () => {
    const slots = new Slots(2);
    let [inUse, most] = [0, 0];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inUse);
      await Promise.resolve();
      inUse -= 1;
    };

    await Promise.all(Array.from({ length: 20 }, () => slots.hold(work).then(() => slots.hold(work))));

    expect(most).toBe(2);
  });

  it('serves those who wait in turn', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const first = held(slots);
    await first.slot;
    const waiting = ['b', 'c'].map((name) => slots.hold(() => Promise.resolve(void order.push(name))));

    first.end();
    await first.ended;
    await Promise.all([...waiting, slots.hold(() => Promise.resolve(void order.push('late')))]);

    expect(order).toEqual(['b', 'c', 'late']);
  });
});
