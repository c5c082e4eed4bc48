import type { PolicyBundleDetail, SigningKey } from '@throughline/contracts';

/** `not_checked`: this browser cannot, or may not at this address. */
export type SignatureState = 'holds' | 'broken' | 'unknown_key' | 'not_checked';

interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

type Signed = Pick<PolicyBundleDetail, 'digest' | 'keyId' | 'envelope'>;

/** Checks here, in the browser, that the key signed these bytes and no others (DSSE, Ed25519). */
export async function checkSignature(
  { digest, keyId, envelope }: Signed,
  keys: readonly Pick<SigningKey, 'id' | 'publicKey'>[],
  subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<SignatureState> {
  const known = keys.find(({ id }) => id === keyId);
  if (!known) return 'unknown_key';
  if (!subtle) return 'not_checked';
  const der = bytesOf(known.publicKey.replace(/-----[^-]+-----|\s/g, ''));
  const { payloadType, payload, signatures } = envelope as Envelope;
  const said = bytesOf(payload);
  if ((await hexDigest(subtle, der)) !== keyId || `sha256:${await hexDigest(subtle, said)}` !== digest) return 'broken';
  const key = await subtle.importKey('spki', der, 'Ed25519', false, ['verify']).catch(() => undefined);
  if (!key) return 'not_checked';
  for (const { sig } of signatures) {
    if (await subtle.verify('Ed25519', key, bytesOf(sig), preAuthentication(payloadType, said))) return 'holds';
  }
  return 'broken';
}

/** What is signed: type and bytes with their lengths, so that neither can be read as the other. */
function preAuthentication(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const utf8 = new TextEncoder();
  const head = utf8.encode(`DSSEv1 ${utf8.encode(type).length} ${type} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function hexDigest(subtle: SubtleCrypto, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
