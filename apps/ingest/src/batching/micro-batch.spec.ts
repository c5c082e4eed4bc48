import fc from 'fast-check';
import { MicroBatch, MicroBatchFull, type MicroBatchLimits } from './micro-batch.ts';

const limits: MicroBatchLimits = { items: 200, bytes: 4_000, waitMs: 5, waitingBytes: 64_000 };
const never = (): boolean => false;

/** A table that refuses a whole statement when one of its rows is hostile, as Postgres does. */
class Table {
  readonly statements: number[][] = [];
  readonly rows: number[] = [];

  constructor(private readonly hostile: ReadonlySet<number>) {}

  readonly insert = async (items: readonly number[]): Promise<readonly string[]> => {
    this.statements.push([...items]);
    await Promise.resolve();
    if (items.some((item) => this.hostile.has(item))) throw new Error('the statement failed');
    this.rows.push(...items);
    return items.map((item) => `row ${item}`);
  };
}

describe('MicroBatch', () => {
  it('joins what arrives in the same turn into one statement and answers each with its own result', async () => {
    const table = new Table(new Set());
    const batch = new MicroBatch(table.insert, never, limits);

    const results = await Promise.all([1, 2, 3].map((item) => batch.add(item, 1)));

    expect(results).toEqual(['row 1', 'row 2', 'row 3']);
    expect(table.statements).toEqual([[1, 2, 3]]);
  });

  it('lets a hostile item fail alone, wherever it stands', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(199), { minLength: 1, maxLength: 5 }), async (hostile) => {
        const table = new Table(new Set(hostile));
        const batch = new MicroBatch(table.insert, never, limits);

        const results = await Promise.allSettled(numbers.map((item) => batch.add(item, 1)));

        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(200 - hostile.length);
        expect(hostile.every((item) => results[item]!.status === 'rejected')).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('repeats nothing while the database is away', async () => {
    const table = new Table(new Set([2]));
    const batch = new MicroBatch(table.insert, () => true, limits);

    const results = await Promise.allSettled([1, 2, 3].map((item) => batch.add(item, 1)));

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(table.statements).toHaveLength(1);
  });

  it('cuts batches by count and by bytes, but takes one that is too large alone', async () => {
    const table = new Table(new Set());
    const batch = new MicroBatch(table.insert, never, { ...limits, items: 3 });

    await Promise.all([1, 2, 3, 4].map((item) => batch.add(item, 1)));
    await Promise.all([batch.add(5, 3_000), batch.add(6, 3_000), batch.add(7, 9_000)]);

    expect(table.statements.map((statement) => statement.length)).toEqual([3, 1, 1, 1, 1]);
  });

  it('refuses what would wait beyond its bound, and takes again when the others are through', async () => {
    const table = new Table(new Set());
    const batch = new MicroBatch(table.insert, never, { ...limits, waitingBytes: 10 });

    const first = batch.add(1, 8);
    await expect(batch.add(2, 8)).rejects.toBeInstanceOf(MicroBatchFull);
    await first;

    await expect(batch.add(3, 8)).resolves.toBe('row 3');
  });
});
