import type { CommentMode } from '@throughline/contracts';
import { findScmProvider, ScmCallFailed, type ScmClient } from '@throughline/scm';
import { SendFailed, type Receipt, type Sending } from './channel.ts';

/** Does something at the provider of a repository; without one, or without a way to its API, the message is kept. Nobody writes there unnamed. */
export async function atProvider(
  context: Sending,
  repository: string,
  work: (client: ScmClient, fullName: string, mode: CommentMode) => Promise<Receipt>,
): Promise<Receipt> {
  const { provider: name, apiUrl, fullName, authorization, app, comments = 'full' } = await context.credential(repository);
  const provider = findScmProvider(name);
  if (!provider || !apiUrl || !fullName) return { id: 'no provider', kept: true };
  if (authorization === undefined) return { id: 'no credential', kept: true };
  const client = provider.connect({
    ...{ apiUrl, authorization, dispatcher: context.dispatcher },
    ...(app !== undefined && { app }),
  });
  try {
    return await work(client, fullName, comments);
  } catch (error) {
    if (!(error instanceof ScmCallFailed)) throw error;
    throw new SendFailed(error.retryable ? 'not_sent' : 'refused', error.message, error.retryAfterMs);
  }
}
