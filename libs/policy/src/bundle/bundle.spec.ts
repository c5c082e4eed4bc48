import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readPolicy } from '../document.ts';
import { openBundle, sealBundle, type PolicyBundle } from './bundle.ts';
import { signed, type Envelope } from './envelope.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const source = `
name: secret-added
description: No secret is added
gates: [change]
severity: critical
mode: enforce
select: f.class == "secret"
message: Secret in {place}
fix: Take it out
cases:
  - { name: none, expect: pass }
`;
const policy = { name: 'secret-added', version: 3, digest: readPolicy(source, 3).digest, source };
const bundle: PolicyBundle = { sequence: 7, publishedAt: '2026-01-01T00:00:00.000Z', by: 'Ada', policies: [policy] };
const { envelope, digest } = sealBundle(bundle, privateKey);
const again = (changed: object): Envelope => sealBundle({ ...bundle, ...changed }, privateKey).envelope;
const edited = (text: string, by: string): Envelope => ({
  ...envelope,
  payload: Buffer.from(Buffer.from(envelope.payload, 'base64').toString().replace(text, by)).toString('base64'),
});

describe('a policy bundle', () => {
  it('is believed as it was signed, whatever a later version reads out of its texts', () => {
    const later = again({ policies: [{ ...policy, source: `${source}# what is not known yet\nstage: production\n` }] });

    expect(openBundle(later, { keys: [publicKey] }).bundle.policies).toHaveLength(1);
  });

  it('is what was signed, under its digest', () => {
    expect(openBundle(JSON.parse(JSON.stringify(envelope)), { keys: [other.publicKey, publicKey], after: 6 })).toMatchObject({
      bundle,
      digest,
    });
    expect(sealBundle({ ...bundle }, privateKey).digest).toBe(digest);
  });

  it.each<[string, unknown, object, RegExp]>([
    ['that was changed', edited('critical', 'low'), {}, /changed since/],
    ['with another sequence', edited('"sequence":7', '"sequence":9'), {}, /changed since/],
    ['of another key', envelope, { keys: [other.publicKey] }, /none of the keys/],
    [
      'of a key that names itself ours',
      { ...sealBundle(bundle, other.privateKey).envelope, signatures: envelope.signatures },
      { keys: [other.publicKey] },
      /none of the keys/,
    ],
    ['that is not newer', envelope, { after: 7 }, /sequence 7, and 7 was seen/],
    ['that is older', envelope, { after: 12 }, /older bundle never comes back/],
    ['of another type', signed('application/json', Buffer.from(envelope.payload, 'base64'), privateKey), {}, /signed as/],
    ['that another type was put on', { ...envelope, payloadType: 'application/json' }, {}, /signed as/],
    ['without a signature', { ...envelope, signatures: [] }, {}, /no signed envelope/],
    ['that is no envelope', 'hello', {}, /no signed envelope/],
    ['with a policy without a text', again({ policies: [{ ...policy, source: undefined }] }), {}, /no bundle/],
    ['with a policy without a digest', again({ policies: [{ ...policy, digest: 'sha256:0' }] }), {}, /no bundle/],
    ['with a policy twice', again({ policies: [policy, policy] }), {}, /each once/],
    ['without a number', again({ sequence: 0 }), {}, /no bundle/],
  ])('%s is refused', (_, value, trust, why) => {
    expect(() => openBundle(value, { keys: [publicKey], ...trust })).toThrow(why);
  });
});
