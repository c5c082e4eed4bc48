import type { VexStatus } from './vex.ts';

/** What is said of one vulnerability in one product. */
export interface VexSaying {
  /** CVE where there is one. */
  readonly vulnerability: string;
  /** Its other names. */
  readonly aliases: readonly string[];
  /** Where it is: a package URL or a web address. */
  readonly product: string;
  /** Package URLs of the affected versions that are in use there; the whole product where there is none. */
  readonly parts: readonly string[];
  readonly status: VexStatus;
  readonly reason?: string;
  readonly fixedIn?: string;
  readonly at: string;
}

/** Whose document it is. */
export interface VexHead {
  /** A web address; the same one for what takes the place of an earlier document. */
  readonly id: string;
  readonly author: string;
  readonly at: string;
}

/** A form in which sayings leave the platform. */
export interface VexFormat {
  /** Of the document; where it is signed (DSSE), its payload type. */
  readonly mediaType: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  /** Throws `VexUnsayable`. */
  write(head: VexHead, sayings: readonly VexSaying[]): object;
}

/** The format has no place for this. */
export class VexUnsayable extends Error {
  readonly code = 'vex_unsayable';
}

/** What is not affected says why: without that no document is valid. */
export function whyNot({ reason }: Pick<VexSaying, 'reason'>): string {
  return reason ?? 'no reason was given';
}

/** What is affected says what to do. */
export function whatToDo({ fixedIn }: Pick<VexSaying, 'fixedIn'>): string {
  return fixedIn === undefined ? 'No version without it is known.' : `Update to ${fixedIn}.`;
}
