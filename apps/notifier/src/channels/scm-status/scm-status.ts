import type { CommitStatus } from '@throughline/scm';
import { inert, shorten } from '../../text/inert.ts';
import { atProvider } from '../at-provider.ts';
import type { Channel } from '../channel.ts';
import type { StatusMessage } from '../message.ts';

export class ScmStatusSettings {}

export class ScmStatusSecrets {}

export interface ScmStatusPayload {
  readonly repository: string;
  readonly commit: string;
  readonly status: CommitStatus;
}

const verdicts = { pending: 'pending', passed: 'pass', blocked: 'deny', undecided: 'undecided' } as const;

/** What GitHub keeps of a description; Gitea keeps more, one text serves both. */
const maxLength = 140;

/** The name under which the check stands beside a commit; branch protection refers to it. */
const statusContext = 'throughline';

/** Commit statuses at the provider that the repository came from, with the credential of its source. */
export const scmStatus: Channel<StatusMessage, ScmStatusSettings, ScmStatusSecrets, ScmStatusPayload> = {
  name: 'scm-status',
  takes: 'status',
  settings: ScmStatusSettings,
  secrets: ScmStatusSecrets,
  delays: [2, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400],
  tells: () => 'changes',
  origin: () => 'source',
  fault: () => undefined,

  render: (message) => ({
    repository: message.repository,
    commit: message.commit,
    status: {
      verdict: verdicts[message.state],
      context: statusContext,
      text: shorten(inert(message.description), maxLength),
      url: message.link,
    },
  }),

  send: (payload, context) =>
    atProvider(context, payload.repository, async (client, fullName) => {
      await client.setStatus(fullName, payload.commit, payload.status);
      return { id: `${fullName}@${payload.commit}` };
    }),
};
