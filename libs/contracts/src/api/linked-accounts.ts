import { Length } from 'class-validator';
import { Maybe, OneOf, Text, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** How it is known whose account it is: an administrator said so, or the account itself told a code of the person. */
export const linkProofs = ['administrator', 'comment'] as const;
export type LinkProof = (typeof linkProofs)[number];

/** An account at a source-code host that acts as a person here, by what it writes below change requests of one source. */
export class LinkedAccount {
  @Text(64) id: string;
  /** Id of the source whose word counts for it. */
  @Text(64) source: string;
  /** Id at the host that never changes and is given to nobody else: a number, at some hosts a UUID. */
  @Text(128) account: string;
  /** As it was called when it was linked. */
  @Text(200) login: string;
  @Text(64) person: string;
  @Text(100) personName: string;
  @OneOf(linkProofs) proof: LinkProof;
  @Time() createdAt: string;
  @Text(200) createdBy: string;
}

/** Body of `POST /api/v1/linked-accounts`. */
export class NewLinkedAccount {
  @Text(64) person: string;
  @Text(64) source: string;
  @Length(1, 128) account: string;
  /** For readers; the account is recognised by its id. */
  @Length(1, 200) login: string;
}

/** Filters of the list of linked accounts. */
export class LinkedAccountQuery extends PageQuery {
  @Maybe() @Text(64) person?: string;
  @Maybe() @Text(64) source?: string;
}

/** Body of `POST /api/v1/linked-accounts/codes`. */
export class NewLinkCode {
  @Text(64) source: string;
  /** The account that is going to write it: from any other it counts for nothing. */
  @Length(1, 200) login: string;
}

/** Answer to it: the only time that the code is shown. */
export class LinkCode {
  /** To be written as `/throughline link <secret>` below any change request of the source. */
  @Text(100) secret: string;
  @Time() expiresAt: string;
}
