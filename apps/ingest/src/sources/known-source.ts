import type { CommentMode, SourceScope } from '@throughline/contracts';
import type { ScmProvider } from '@throughline/scm';
import type { SourceAddresses } from './source-settings.ts';

/** A secret that signs deliveries of a source. */
export interface SourceSecret {
  readonly id: string;
  readonly value: string;
}

/** A source with all that is needed to believe, read and answer its provider. */
export interface KnownSource {
  readonly id: string;
  /** Another one as soon as anything of it, or its secrets, was changed. */
  readonly version: string;
  readonly provider: ScmProvider;
  readonly scope: SourceScope;
  readonly settings: SourceAddresses;
  /** How much is told where everybody may read it; all when absent. */
  readonly comments?: CommentMode;
  /** Address below which its repositories lie; undefined until the first signed delivery has told it. */
  readonly baseUrl?: string;
  /** Newest first, at most two. */
  readonly secrets: readonly SourceSecret[];
  readonly sealedToken?: Buffer;
  readonly sealedWriteToken?: Buffer;
  /** The App that was made for it. */
  readonly app?: { readonly id: string; readonly sealedKey: Buffer };
}
