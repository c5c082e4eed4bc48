/** Work of this service. */
export const workKinds = {
  /** Fetch the mirror, find the base, list the tree, plan the items. Payload: `{ request }`, or `{ forget }` to delete a mirror in its turn. */
  prepare: 'prepare',
  /** Run one scanner. Payload: `{ item }`. */
  scan: 'scan',
  /** Look for secrets in the history of a commit. Payload: `{ request }`. */
  scanHistory: 'scan-history',
  /** Read what the default branch asks scanners not to say. Payload: `{ request }`. */
  readSuppressions: 'read-suppressions',
  /** Read an uploaded report. Payload: `{ report }`. */
  readReport: 'read-report',
  /** Pull an image and read its layers. Payload: `{ report }`. */
  readImage: 'read-image',
} as const;
