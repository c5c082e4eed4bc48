/** What a statement says of a product; the words of OpenVEX. */
export const vexStatuses = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;
export type VexStatus = (typeof vexStatuses)[number];

/** One sentence of a VEX document: one vulnerability, one product, and at most one part of it. */
export interface VexStatement {
  /** Ids of the vulnerability, as their publishers spell them. */
  readonly names: readonly string[];
  readonly status: VexStatus;
  /** In the words of the document. */
  readonly justification?: string;
  readonly reason?: string;
  /** Package URL, address of a repository, or a name. */
  readonly product: string;
  /** Package URL of the part of the product that is spoken about. */
  readonly component?: string;
  /** When it was said, where the statement says it. */
  readonly at?: string;
}

/** A statement, or where one is that cannot be taken. */
export type VexLine = { readonly statement: VexStatement } | { readonly rejected: { readonly pointer: string; readonly detail: string } };

/** A document that says whether products are affected by vulnerabilities. */
export interface VexDocument {
  readonly format: 'openvex' | 'cyclonedx' | 'csaf';
  /** By which a newer one replaces it. */
  readonly id: string;
  /** Whom it names; that it is theirs is proven by nothing in it. */
  readonly author: string;
  readonly at?: string;
  readonly lines: readonly VexLine[];
}

/** A document with more statements is refused. */
export const mostVexStatements = 20_000;
