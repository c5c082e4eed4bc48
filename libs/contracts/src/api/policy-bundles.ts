import { ArrayMinSize, IsObject, Length } from 'class-validator';
import { Count, Digest, Flag, ListOf, Maybe, Text, Time } from '../fields.ts';

/** A policy on its way into a bundle. */
export class PolicySource {
  /** The document, YAML or JSON, with its cases. */
  @Length(1, 65_536) source: string;
}

/** Body of `POST /api/v1/policies/bundles`: policies that are published together, or a bundle to go back to. */
export class PolicyBundleDocument {
  @Maybe() @ListOf(() => PolicySource, 200) @ArrayMinSize(1) policies?: PolicySource[];
  /** They are all that is to be in force: what is not among them is taken away. Otherwise the others stay. */
  @Maybe() @Flag() complete?: boolean;
  /** Sequence of an earlier bundle: what it held is published again, under a new sequence. */
  @Maybe() @Count(1) rollbackTo?: number;
  /** Why, for those who read the list. */
  @Maybe() @Text(500) note?: string;
}

/** A policy bundle, as lists show it. */
export class PolicyBundleSummary {
  /** Rises with every bundle, and never comes back. */
  @Count(1) sequence: number;
  /** Of the signed bytes. */
  @Digest() digest: string;
  /** SHA-256 of the public key that signed it, in hex. */
  @Text(64) keyId: string;
  /** How many policies it has. */
  @Count() policies: number;
  @Text(200) by: string;
  @Maybe() @Text(500) note?: string;
  @Time() publishedAt: string;
}

/** A policy of a bundle, without its text. */
export class BundledPolicyAnswer {
  @Text(100) name: string;
  @Count(1) version: number;
  @Digest() digest: string;
}

/** A policy bundle with its signed document. */
export class PolicyBundleDetail extends PolicyBundleSummary {
  @ListOf(() => BundledPolicyAnswer, 200) contents: BundledPolicyAnswer[];
  /** DSSE; the payload is the bundle as canonical JSON. `throughline policy verify` checks it without a server. */
  @IsObject() envelope: object;
}
