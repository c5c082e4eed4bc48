import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** A signed document (DSSE 1.0.2). */
export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** An envelope that nobody trusted signed, or that is none. */
export class EnvelopeRefused extends Error {
  readonly code = 'envelope_refused';
}

const most = 32 * 1024 * 1024;

/** Signs a document as it is, with its type (Ed25519, RFC 8032). */
export function signed(payloadType: string, payload: Buffer, privateKey: KeyObject): Envelope {
  const keyid = keyIdOf(createPublicKey(privateKey));
  const sig = sign(null, preAuthentication(payloadType, payload), privateKey).toString('base64');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ keyid, sig }] };
}

/** The signed bytes and the id of the key; throws `EnvelopeRefused` when none of the keys signed them as one of these types. */
export function opened(
  value: unknown,
  payloadTypes: readonly string[],
  keys: readonly KeyObject[],
): { readonly payload: Buffer; readonly keyId: string } {
  const envelope = envelopeIn(value);
  if (!payloadTypes.includes(envelope.payloadType))
    throw new EnvelopeRefused(`it is signed as ${JSON.stringify(envelope.payloadType).slice(0, 100)}, not as ${payloadTypes.join(' or ')}`);
  const payload = Buffer.from(envelope.payload, 'base64');
  const said = preAuthentication(envelope.payloadType, payload);
  for (const key of keys) {
    // What the envelope says of its keys is a hint; the key that is tried decides.
    if (key.asymmetricKeyType !== 'ed25519') throw new EnvelopeRefused('the key is no Ed25519 key');
    const signature = envelope.signatures.find(({ sig }) => verify(null, said, key, Buffer.from(sig, 'base64')));
    if (signature) return { payload, keyId: keyIdOf(key) };
  }
  throw new EnvelopeRefused('none of the keys signed it, or it was changed since');
}

/** SHA-256 of the public key (SPKI, DER), as hex. */
export function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** What is signed: type and bytes with their lengths, so that neither can be read as the other. */
function preAuthentication(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

function envelopeIn(value: unknown): Envelope {
  const { payloadType, payload, signatures } = (value ?? {}) as Partial<Record<keyof Envelope, unknown>>;
  const fits = typeof payloadType === 'string' && typeof payload === 'string' && payload.length <= most;
  if (!fits || !/^[A-Za-z0-9+/]*={0,2}$/.test(payload) || !Array.isArray(signatures) || signatures.length === 0 || signatures.length > 10)
    throw new EnvelopeRefused('it is no signed envelope (DSSE)');
  const read = (signatures as unknown[]).map((each) => {
    const { keyid = '', sig } = (each ?? {}) as { keyid?: unknown; sig?: unknown };
    if (typeof sig !== 'string' || typeof keyid !== 'string') throw new EnvelopeRefused('it has a signature that cannot be read');
    return { keyid, sig };
  });
  return { payloadType, payload, signatures: read };
}
