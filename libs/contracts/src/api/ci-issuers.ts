import { ArrayMinSize, ArrayUnique, IsUrl, Length, Matches } from 'class-validator';
import { CommitId, Count, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { nameForm } from '../ids.ts';

const immutableId = /^[\x21-\x7e]{1,100}$/;

/** A repository that jobs of an issuer may speak for, by ids that a renaming does not change and a new repository does not get. */
export class CiRepository {
  /** Clone URL, as the repository is known here. */
  @Length(1, 2048) repository: string;
  /** `repository_id` of GitHub, `project_id` of GitLab. */
  @Matches(immutableId) repositoryId: string;
  /** `repository_owner_id` of GitHub, `namespace_id` of GitLab. */
  @Matches(immutableId) ownerId: string;
  /**
   * Refs whose jobs count beyond the change gate, e.g. `refs/heads/main` or `refs/tags/*` (`*` stays within a part of the name);
   * absent: those that the issuer calls protected.
   */
  @Maybe() @Texts(50, 512) @ArrayUnique() protectedRefs?: string[];
  /** Only jobs of one of these workflows (`job_workflow_ref`, `ci_config_ref_uri`), to the letter, count beyond the change gate. */
  @Maybe() @Texts(20, 1024) @ArrayUnique() workflows?: string[];
}

/** Where a generic issuer says what a job runs on; the names of its claims. */
export class CiClaims {
  @Maybe() @Text(100) repositoryId?: string;
  @Maybe() @Text(100) ownerId?: string;
  @Maybe() @Text(100) repository?: string;
  @Maybe() @Text(100) commit?: string;
  @Maybe() @Text(100) ref?: string;
  @Maybe() @Text(100) workflow?: string;
}

/** Body of `PUT /api/v1/ci-issuers/{name}`: whose tokens CI jobs may come in with, and for which repositories. */
export class CiIssuerDocument {
  /** `github-actions`, `gitlab-ci`, or `oidc` for any other that says repository, commit and ref in its tokens. */
  @Matches(nameForm) @Length(1, 50) kind: string;
  /** The `iss` of its tokens, to the letter; keys come from its discovery document and from nowhere else. */
  @IsUrl({
    protocols: ['https', 'http'],
    require_protocol: true,
    require_tld: false,
    allow_fragments: false,
    allow_query_components: false,
  })
  @Length(1, 512)
  issuer: string;
  /** The `aud` that tokens must have, and no other; the platform's public address when absent. */
  @Maybe() @Length(1, 512) audience?: string;
  @ListOf(() => CiRepository, 1000) @ArrayMinSize(1) repositories: CiRepository[];
  /** Only for `oidc`. */
  @Maybe() @Nested(() => CiClaims) claims?: CiClaims;
}

/** An issuer of tokens of CI jobs. */
export class CiIssuer extends CiIssuerDocument {
  @Text(100) name: string;
  @Count(1) version: number;
  @Text(200) updatedBy: string;
  @Time() updatedAt: string;
}

/** Body of `POST /api/v1/tokens/exchange` (RFC 8693), as a form or as JSON. */
export class TokenExchange {
  @OneOf(['urn:ietf:params:oauth:grant-type:token-exchange']) grant_type: string;
  /** The token that the build system made for the job. */
  @Length(1, 16_384) subject_token: string;
  @OneOf(['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token']) subject_token_type: string;
  @Maybe() @OneOf(['urn:ietf:params:oauth:token-type:access_token']) requested_token_type?: string;
}

/** Answer to `POST /api/v1/tokens/exchange`: a token for the rest of the job, and what it is good for. */
export class ExchangedToken {
  @Maybe() @Text(100) access_token?: string;
  @Text(100) issued_token_type: string;
  @OneOf(['Bearer']) token_type: string;
  /** Seconds. */
  @Count(0) expires_in: number;
  /** Rights, with spaces between them. */
  @Text(1000) scope: string;
  /** Canonical id. */
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Text(512) ref: string;
  /** Why what the job says counts at the change gate only. */
  @Maybe() @Text(300) changeOnly?: string;
}
