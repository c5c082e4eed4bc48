import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EditOrder } from './edit-order.ts';
import { EditThreads } from './edit-threads.ts';

const path = 'package.json';
const text = '{\n  "dependencies": { "minimist": "1.2.5" }\n}\n';
const order = (change: Partial<EditOrder> = {}): EditOrder => ({
  ecosystem: 'npm',
  change: { name: 'minimist', from: ['1.2.5'], to: '1.2.6' },
  sources: [{ path, kind: 'manifest', text }],
  now: Date.parse('2026-01-08T00:00:00Z'),
  minimumAgeDays: 0,
  ...change,
});
const absent = () => Promise.resolve({ absent: true } as const);

let threads: EditThreads;

beforeEach(() => {
  threads = new EditThreads();
});

afterEach(() => threads.beforeApplicationShutdown());

describe('a thread that edits', () => {
  it('knows nothing of the order before', async () => {
    const asked: string[] = [];
    const edit = (sources: EditOrder['sources']) =>
      threads.edit(order({ sources }), ({ name }) => {
        asked.push(name);
        return absent();
      });
    const first = await edit([{ path, kind: 'manifest', text }]).catch((error: Error) => error.message);
    const askedFirst = asked.splice(0);

    const second = await edit([{ path, kind: 'manifest', text }]).catch((error: Error) => error.message);

    expect(askedFirst.length).toBeGreaterThan(0);
    expect(asked).toEqual(askedFirst);
    expect(second).toEqual(first);
  });

  it('goes on after an order that could not be carried out', async () => {
    await expect(threads.edit(order({ ecosystem: 'unheard of' }), absent)).rejects.toThrow('the edit failed');

    await expect(threads.edit(order({ sources: [] }), absent)).resolves.toMatchObject({ files: [] });
  });

  it('is given up when what it wants cannot be had, and another takes the next order', async () => {
    await expect(threads.edit(order(), () => Promise.reject(new Error('away')))).rejects.toThrow('away');

    await expect(threads.edit(order({ sources: [] }), absent)).resolves.toMatchObject({ files: [] });
  });
});
