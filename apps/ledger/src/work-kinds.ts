/** Work that the modules of the ledger leave for one another. */
export const workKinds = {
  /** Compare the versions in use with advisories that changed. Payload: `{ advisories }`. */
  matchAdvisories: 'match-advisories',
  /** Fetch a feed and take in what is new. Payload: `{ sync }`. */
  syncFeed: 'sync-feed',
  /** Find the heads that a change of advisory data touches. Payload: `{ versions?, ecosystems?, cves?, repositories? }`. */
  findTouched: 'find-touched',
  /** Evaluate an item anew. Payload: `{ evaluation }`. */
  evaluate: 'evaluate',
  /** Join the findings of groups that became one. Payload: `{ merges }`. */
  mergeFindings: 'merge-findings',
  /** Compute risk and owner of findings anew. Payload: `{ repository }` or `{ cves }`. */
  rescore: 'rescore',
  /** Bring findings in line with waivers. Payload: `{ waiver }` or `{ repository }`. */
  shadowWaiver: 'shadow-waiver',
  /** Bring the triage of findings in line with VEX. Payload: `{ names }` or `{ repository }`. */
  applyVex: 'apply-vex',
  /** Take over the words by which findings are found. Payload: `{ numbers }`. */
  indexWords: 'index-words',
  /** Read who owns what at a commit of a default branch. Payload: `{ repository, commit }`. */
  readOwners: 'read-owners',
} as const;
