import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkSignature } from './bundle-signature.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const der = publicKey.export({ type: 'spki', format: 'der' });
const key = { id: createHash('sha256').update(der).digest('hex'), publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
const type = 'application/vnd.throughline.policy-bundle+json';

function bundle(text = '{"sequence":7}') {
  const payload = Buffer.from(text);
  const said = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
  const sig = sign(null, said, privateKey).toString('base64');
  return {
    digest: `sha256:${createHash('sha256').update(payload).digest('hex')}`,
    keyId: key.id,
    envelope: { payloadType: type, payload: payload.toString('base64'), signatures: [{ keyid: key.id, sig }] },
  };
}

describe('the signature of a bundle', () => {
  it('holds over the bytes that were signed', async () => {
    await expect(checkSignature(bundle(), [key])).resolves.toBe('holds');
  });

  it('is broken when bytes, type or digest are others', async () => {
    const { digest, envelope, keyId } = bundle();
    const other = bundle('{"sequence":8}');
    const changed = [
      { digest: other.digest, keyId, envelope: { ...envelope, payload: other.envelope.payload } },
      { digest, keyId, envelope: { ...envelope, payloadType: 'application/json' } },
      { digest: other.digest, keyId, envelope },
      { digest, keyId, envelope: { ...envelope, signatures: [] } },
    ];

    for (const one of changed) await expect(checkSignature(one, [key])).resolves.toBe('broken');
  });

  it('is of nobody when the key is not known, and of another when the key has not the id that it is given', async () => {
    const another = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

    await expect(checkSignature(bundle(), [])).resolves.toBe('unknown_key');
    await expect(checkSignature(bundle(), [{ id: key.id, publicKey: another }])).resolves.toBe('broken');
  });

  it('is not said to hold where nothing can check it', async () => {
    const without = { importKey: () => Promise.reject(new Error('NotSupportedError')), digest: crypto.subtle.digest.bind(crypto.subtle) };

    await expect(checkSignature(bundle(), [key], without as unknown as SubtleCrypto)).resolves.toBe('not_checked');
  });
});
