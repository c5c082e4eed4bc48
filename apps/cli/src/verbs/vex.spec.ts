import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { vexFormats } from '@throughline/findings';
import { signEnvelope } from '@throughline/policy';
import { FakePlatform } from '../fixtures/fake-platform.ts';
import { verifyVex } from './vex.ts';

const own = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const text = Buffer.from('{"statements":[]}\n');
const envelope = signEnvelope(vexFormats.vex.mediaType, text, own.privateKey);

describe('vex verify', () => {
  let platform: FakePlatform;

  beforeEach(async () => {
    platform = await FakePlatform.start(() => [404, {}]);
  });

  afterEach(() => platform.stop());

  async function verify(value: object, key: KeyObject = own.publicKey): Promise<number> {
    await platform.write('key.pem', key.export({ type: 'spki', format: 'pem' }).toString());
    await platform.write('vex.json', JSON.stringify(value));
    return verifyVex(join(platform.folder, 'vex.json'), { key: [join(platform.folder, 'key.pem')] });
  }

  it.each(Object.values(vexFormats).map(({ mediaType }) => mediaType))('prints what the key signed: %s', async (type) => {
    expect(await verify(signEnvelope(type, text, own.privateKey))).toBe(0);
    expect(JSON.parse(platform.printed)).toEqual({ statements: [] });
    expect(platform.said).toContain(envelope.signatures[0]!.keyid);
  });

  it.each([
    ['another key', envelope, other.publicKey, /none of the keys/],
    ['another type', signEnvelope('application/json', text, own.privateKey), own.publicKey, /signed as "application\/json"/],
    ['changed bytes', { ...envelope, payload: `AAAA${envelope.payload}` }, own.publicKey, /changed since/],
  ] as const)('prints nothing, and ends with 1 and the reason: %s', async (_, value, key, why) => {
    expect(await verify(value, key)).toBe(1);
    expect(platform.said).toMatch(why);
    expect(platform.printed).toBe('');
  });
});
