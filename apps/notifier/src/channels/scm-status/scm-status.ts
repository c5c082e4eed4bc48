import { statusContext, type CheckRun, type CommitStatus } from '@throughline/scm';
import { inert, shorten } from '../../text/inert.ts';
import { atProvider } from '../at-provider.ts';
import type { Channel } from '../channel.ts';
import { commentText } from '../../rendering/comment-text.ts';
import type { CheckReport, StatusMessage } from '../message.ts';

export class ScmStatusSettings {}

export class ScmStatusSecrets {}

export interface ScmStatusPayload {
  readonly repository: string;
  readonly commit: string;
  readonly status: CommitStatus;
  /** What an App says beside it. */
  readonly check?: Pick<CheckRun, 'externalId' | 'summary' | 'annotations'>;
  readonly contested?: true;
}

const verdicts = { pending: 'pending', passed: 'pass', blocked: 'deny', undecided: 'undecided', released: 'released' } as const;

/** What GitHub keeps of a description; Gitea keeps more, one text serves both. */
const maxLength = 140;
const mostTitle = 255;
/** Of the 65,535 characters that GitHub takes. */
const mostSummary = 60_000;

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
    ...(message.check && { check: checkOf(message.check) }),
    ...(message.release !== undefined && { check: releasedCheck(message.release) }),
    ...(message.contested && { contested: true as const }),
  }),

  send: ({ repository, commit, status, check, contested }, context) =>
    atProvider(context, repository, async (client, fullName, mode) => {
      // At a line, and in words, a check is as public as a comment.
      const said = check && mode !== 'full' ? { ...check, summary: status.text, annotations: [] } : check;
      if (client.checks) await client.checks.put(fullName, runOf(commit, status, said));
      if (!client.checks || contested) await client.setStatus(fullName, commit, status);
      return { id: `${fullName}@${commit}` };
    }),
};

/** A run of its own: one that ended is not written over. */
function releasedCheck(release: string): NonNullable<ScmStatusPayload['check']> {
  const summary = 'Nobody could judge this change, and two persons let it pass meanwhile. It is judged later: that replaces this check.';
  return { externalId: `released ${release}`, summary, annotations: [] };
}

function checkOf({ key, report, places }: CheckReport): NonNullable<ScmStatusPayload['check']> {
  return {
    externalId: key,
    summary: commentText(report, mostSummary),
    // A path that would act is no path of a repository that anybody could be led to.
    annotations: places
      .filter(({ path }) => inert(path) === path)
      .map(({ path, line, blocks, title, text }) => ({
        ...{ path, line, level: blocks ? ('failure' as const) : ('warning' as const) },
        ...{ title: shorten(inert(title), mostTitle), text: text.split('\n').map(inert).join('\n') },
      })),
  };
}

function runOf(commit: string, { verdict, context, text, url }: CommitStatus, check: ScmStatusPayload['check']): CheckRun {
  const said = check ?? { externalId: 'pending', summary: text, annotations: [] };
  return { commit, name: context, verdict, title: text, ...(url !== undefined && { url }), ...said };
}
