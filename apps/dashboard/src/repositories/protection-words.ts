import type { ProtectionState, RepositoryProtection } from '@throughline/contracts';
import type { Tone } from '../ui/tones.ts';

const standings: Readonly<Record<ProtectionState, { readonly word: string; readonly tone: Tone }>> = {
  right: { word: 'protected', tone: 'good' },
  not_required: { word: 'not protected', tone: 'bad' },
  anybody: { word: 'anybody can pass it', tone: 'warn' },
  another_app: { word: 'another App counts', tone: 'bad' },
  passed_over: { word: 'some pass over it', tone: 'warn' },
  unknown: { word: 'not known', tone: 'unsure' },
  waiting: { word: 'not looked at yet', tone: 'info' },
  not_looked: { word: 'not looked at', tone: 'plain' },
};

/** How the protection of a branch stands, in one word. */
export const standingOf = (state: ProtectionState) => standings[state];

/** What is there, in a sentence; what is wrong was told with it. */
export function foundOf({ state, branch = 'the default branch', host, detail }: RepositoryProtection): string {
  if (state === 'waiting') return 'It is looked at every six hours, soon for the first time.';
  if (state !== 'right') return detail === undefined ? 'Nothing more is known.' : sentence(detail);
  if (host === 'gitlab') return `${branch} takes merge requests only with a pipeline that succeeds, which our status is part of.`;
  const whose = host === 'github' ? ', and only from our App' : '';
  return `${branch} takes changes only with the check throughline${whose}.`;
}

const requiring: Readonly<Record<string, string>> = {
  github: 'At GitHub, require the status check throughline in the protection of the branch or in a rule set, also of administrators.',
  gitlab: 'At GitLab, switch on “Pipelines must succeed” (Settings → Merge requests).',
  gitea: 'At Gitea or Forgejo, require the status check throughline in the protection of the branch.',
};
const reading: Readonly<Record<string, string>> = {
  github: 'Give the token, or the App, Contents read: that is enough.',
  gitlab: 'Give the token read_api.',
  gitea: 'Use a token with read:repository of an administrator of the repository.',
};
const closing: Readonly<Record<string, string>> = {
  github: 'At GitHub, switch on “Do not allow bypassing the above settings” in the protection of the branch.',
  gitlab: 'At GitLab, let nobody push to the branch (Settings → Repository → Protected branches → Allowed to push and merge: No one).',
  gitea:
    'At Gitea or Forgejo, switch off pushes to the branch in its protection, and let administrators follow its rules (“Administrators must follow branch protection rules”, Gitea 1.23 and later).',
};
const byHand = 'Look at the host whether the branch takes changes without the check throughline, and require it there.';

/** What to do about it; undefined where nothing is to be done. */
export function remedyOf({ state, host = '' }: RepositoryProtection): string | undefined {
  if (state === 'not_required') return of(requiring, host);
  if (state === 'anybody')
    return 'At GitHub, choose our App as the source of the required check. A source without an App has to make one first.';
  if (state === 'another_app')
    return 'At GitHub, choose our App as the source of the required check: what we say does not count there now.';
  if (state === 'passed_over') return of(closing, host);
  if (state === 'unknown') return of(reading, host);
  return state === 'not_looked' ? byHand : undefined;
}

function of(hosts: Readonly<Record<string, string>>, host: string): string {
  return (Object.hasOwn(hosts, host) ? hosts[host] : undefined) ?? byHand;
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
