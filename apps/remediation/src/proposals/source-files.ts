import { Injectable } from '@nestjs/common';
import { InternalClient, Problem } from '@throughline/service';

/** Files of a commit, from the service that keeps the mirrors. */
@Injectable()
export class SourceFiles {
  constructor(private readonly internal: InternalClient) {}

  /** The text of a file; undefined when the commit does not have it, or when it is too large or no text. */
  async read(repository: string, commit: string, path: string): Promise<string | undefined> {
    try {
      const { text } = await this.internal.call<{ text: string }>('scanner-orchestrator', {
        method: 'GET',
        path: '/internal/files',
        query: { repository, commit, path },
        timeoutMs: 15_000,
      });
      return text;
    } catch (error) {
      if (error instanceof Problem && [404, 413, 422].includes(error.status)) return undefined;
      throw error;
    }
  }
}
