import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealBroken, Sealer } from './sealer.ts';

const key = randomBytes(32);
const ingest = new Sealer('ingest', key);
const at = { table: 'source', row: '1', field: 'secret' };

describe('a sealed value', () => {
  it('opens where it was sealed', () => {
    const sealed = ingest.seal('hunter2', at);

    expect(sealed.includes('hunter2')).toBe(false);
    expect(ingest.open(sealed, at).toString()).toBe('hunter2');
  });

  it('never looks the same twice', () => {
    expect(ingest.seal('hunter2', at).equals(ingest.seal('hunter2', at))).toBe(false);
  });

  it.each([
    ['in another row', ingest, { ...at, row: '2' }],
    ['in another field', ingest, { ...at, field: 'token' }],
    ['in another table', ingest, { ...at, table: 'token' }],
    ['in another service', new Sealer('notifier', key), at],
    ['with another key', new Sealer('ingest', randomBytes(32)), at],
  ])('does not open %s', (_where, sealer, place) => {
    const sealed = ingest.seal('hunter2', at);

    expect(() => sealer.open(sealed, place)).toThrow(SealBroken);
  });

  it('does not open when a byte was changed, or when it is none', () => {
    const sealed = ingest.seal('hunter2', at);
    sealed[sealed.length - 1]! ^= 1;

    expect(() => ingest.open(sealed, at)).toThrow(SealBroken);
    expect(() => ingest.open(Buffer.alloc(0), at)).toThrow(SealBroken);
  });

  it('is the same for a large body, which is sealed and opened in slices', async () => {
    const body = randomBytes(2 * 1024 * 1024 + 17);

    const sealed = await ingest.sealLarge(body, at);

    expect(ingest.open(sealed, at).equals(body)).toBe(true);
    expect((await ingest.openLarge(ingest.seal(body, at), at)).equals(body)).toBe(true);
    sealed[sealed.length - 1]! ^= 1;
    await expect(ingest.openLarge(sealed, at)).rejects.toThrow(SealBroken);
    await expect(ingest.openLarge(Buffer.alloc(3), at)).rejects.toThrow(SealBroken);
  });

  it('needs a key of 32 bytes', () => {
    expect(() => new Sealer('ingest', Buffer.alloc(16))).toThrow(/32 random bytes/);
  });
});
