/** A run gave no result that counts; the message says why, without a word from the repository. */
export class ScanRefused extends Error {
  readonly code = 'scan_refused';
}
