import { Injectable } from '@nestjs/common';
import { ScmCallFailed, type Translation } from '@throughline/scm';
import type { KnownSource } from './known-source.ts';
import { ScmApis } from './scm-apis.ts';

type Telling = Extract<Translation, { facts: unknown }>;

/** What became of words that the server does not bear out, or would not let us look at. */
interface Doubted {
  readonly status: 'stale' | 'refused';
  readonly reason: string;
  readonly facts: readonly [];
}

const gone = 'stale: the server knows nothing of it, or has moved on (for a private repository the source needs a token)';

/** Looks at the server of a source, with its stored credential, for what a delivery said without proof. */
@Injectable()
export class ServerWords {
  constructor(private readonly apis: ScmApis) {}

  /** The translation as the server has it. Throws `ScmCallFailed` when it may answer later. */
  async confirmed(source: KnownSource, translation: Telling): Promise<Telling | Doubted> {
    const to = this.apis.of(source);
    const { provider } = source;
    if (!to || !provider.confirm) return { ...translation, unsure: false };
    try {
      const facts = await provider.confirm(to, translation.repository.fullName, translation.facts);
      return facts.length === 0 ? { status: 'stale', reason: gone, facts: [] } : { ...translation, facts, unsure: false };
    } catch (error) {
      if (!(error instanceof ScmCallFailed) || error.retryable) throw error;
      return { status: 'refused', reason: `refused: the server did not let us look: ${error.message}`.slice(0, 500), facts: [] };
    }
  }
}
