import { createHash, randomFillSync } from 'node:crypto';

/** Namespace of fact ids (RFC 9562 section 5.5), fixed for ever: changing it would repeat every fact. */
const factNamespace = Buffer.from('6b0f6a3e9d0b5d2f8f6f3c1d4a7e2b90', 'hex');

const pool = Buffer.alloc(4096);
let used = pool.length;

/** So many random bytes of the operating system's generator, nobody else's: asked for by the page, since each question costs more than its bytes. */
export function freshRandom(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** UUID version 5 (RFC 9562 section 5.5) of the given parts; equal parts give the equal id. */
export function uuidv5(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(factNamespace);
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/** UUID version 7 (RFC 9562 section 5.7): 48 bits of milliseconds, then random bits. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = freshRandom(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/** A git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
export const commitForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A name that people give: lower-case words joined by hyphens. */
export const nameForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** `sha256:` and the hex digest of the bytes. */
export function sha256(data: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** Id of the chain that is rooted at a commit: 64 hex digits, known without any join. */
export function chainIdOf(repository: string, commit: string): string {
  return sha256(`${repository}\n${commit}`).slice('sha256:'.length);
}
