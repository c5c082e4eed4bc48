import type { ScmProvider } from '../provider.ts';
import { plainAddressing } from '../site.ts';
import { connectGitea } from './client.ts';
import { giteaHooks } from './hooks.ts';
import { giteaNameOf, giteaRepositories } from './repositories.ts';
import { giteaRequiredChecks } from './required-check.ts';
import { giteaWebhook } from './webhook.ts';

/** Gitea, Forgejo and Gogs: every installation has its own address. */
export const gitea: ScmProvider = {
  name: 'gitea',
  title: 'Gitea, Forgejo, Gogs',
  facts: ['change.pushed', 'change.proposed', 'change.reviewed', 'change.merged', 'change.abandoned', 'status.posted'],
  webhook: giteaWebhook,
  cloneUrl: plainAddressing.cloneUrl,
  apiUrl: (baseUrl) => `${baseUrl}/api/v1`,
  authorization: (token, purpose) =>
    purpose === 'clone' ? `Basic ${Buffer.from(`throughline:${token}`).toString('base64')}` : `token ${token}`,
  connect: connectGitea,
  hooks: giteaHooks,
  requiredChecks: giteaRequiredChecks,
  nameOf: giteaNameOf,
  repositories: giteaRepositories,
};
