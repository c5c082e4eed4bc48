import { ArrayMinSize, Matches, MinLength } from 'class-validator';
import { Count, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';
import { RejectedRecord } from './ledger.ts';

const vexFormats = ['openvex', 'cyclonedx', 'csaf'] as const;
const vexWords = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;

/** A VEX document that somebody sent. */
export class VexAnswer {
  @Text(64) id: string;
  @OneOf(vexFormats) format: string;
  /** The id that its author gave it: a newer one with the same id, sent by the same account, takes its place. */
  @Text(500) document: string;
  /** Whom it names; nothing proves it. */
  @Text(300) author: string;
  /** Account that sent it: whose word it is. */
  @Text(200) sentBy: string;
  /** Its id, as an author's entry names it. */
  @Text(128) identity: string;
  @Time() said: string;
  @Time() received: string;
  @Count() statements: number;
  /** Statements that may act, since their account is trusted for their product. The others are suggestions. */
  @Count() trusted: number;
}

/** What became of a document that was sent. */
export class VexImportAnswer extends VexAnswer {
  /** True when the same document was here before. */
  @Flag() unchanged: boolean;
  @Count() rejectedTotal: number;
  /** The first hundred. */
  @ListOf(() => RejectedRecord, 100) rejected: RejectedRecord[];
}

export class VexQuery extends PageQuery {
  /** Id of the account that sent it. */
  @Maybe() @Text(128) identity?: string;
}

/** Body of `PUT /api/v1/vex/authors/{name}`. */
export class VexTrust {
  /** Id of the account whose documents count. */
  @Text(128) @MinLength(1) identity: string;
  /**
   * For what they count: package URLs without version, addresses of repositories, images (`image:acme/shop`). A `/*` at the end
   * stands for all below.
   */
  @Texts(100, 1024) @ArrayMinSize(1) products: string[];
}

export class VexTrustRequest extends VexTrust {
  @Text(200) by: string;
  @Time() at: string;
}

/** An account that is trusted to say what is not affected, and for what. */
export class VexAuthor {
  @Text(64) name: string;
  /** Account and products in force; absent until a second person has approved them. */
  @Maybe() @Nested(() => VexTrust) trusted?: VexTrust;
  @Maybe() @Text(200) approvedBy?: string;
  /** What waits for a second person. */
  @Maybe() @Nested(() => VexTrustRequest) requested?: VexTrustRequest;
  /** Digest of what waits: the approval names it. */
  @Maybe() @Text(80) digest?: string;
}

/** Body of `POST /api/v1/vex/authors/{name}/approve`. */
export class VexTrustApproval {
  /** Of what was read. */
  @Matches(/^sha256:[0-9a-f]{64}$/) digest: string;
}

/** What a statement says about a finding. */
export class FindingVex {
  /** Document in which it stands. */
  @Text(64) vex: string;
  @Text(300) author: string;
  @Text(200) sentBy: string;
  @OneOf(vexWords) status: string;
  @Maybe() @Text(100) justification?: string;
  @Maybe() @Text(1000) reason?: string;
  @Text(1024) product: string;
  @Maybe() @Text(1024) component?: string;
  @Time() said: string;
  /** Whether the account is trusted for the product. */
  @Flag() trusted: boolean;
  /** Whether the triage of the finding comes from it. */
  @Flag() acts: boolean;
  /** Why it does not act. */
  @Maybe() @Text(300) because?: string;
}
