/** No blob has this digest. */
export class BlobMissing extends Error {
  readonly code = 'blob_missing';
  constructor(digest: string) {
    super(`no blob ${digest}: it was removed, or never stored here`);
  }
}

/** The bytes on disk are not those that were stored. */
export class BlobDamaged extends Error {
  readonly code = 'blob_damaged';
  constructor(digest: string) {
    super(`blob ${digest} has other bytes than were stored: restore it from a backup`);
  }
}

/** The blob is larger than the reader allows. */
export class BlobTooLarge extends Error {
  readonly code = 'blob_too_large';
  constructor(digest: string, bytes: number, maxBytes: number) {
    super(`blob ${digest} has ${bytes} bytes, at most ${maxBytes} are read here`);
  }
}

/** The text is no digest, so it cannot name a blob. */
export class DigestRefused extends Error {
  readonly code = 'digest_refused';
  constructor(digest: string) {
    super(`${JSON.stringify(digest.slice(0, 100))} is no digest: expected sha256: and 64 hex digits`);
  }
}

/** A body has more or longer lines than its reader allows. */
export class LinesRefused extends Error {
  readonly code = 'lines_refused';
}
