import { randomBytes } from 'node:crypto';
import type { ScmProvider } from '../provider.ts';
import { plainAddressing } from '../site.ts';
import { connectGitlab } from './client.ts';
import { gitlabHooks } from './hooks.ts';
import { gitlabNameOf, gitlabRepositories } from './repositories.ts';
import { gitlabRequiredChecks } from './required-check.ts';
import { gitlabWebhook } from './webhook.ts';

/** gitlab.com, and an own GitLab by its base address. */
export const gitlab: ScmProvider = {
  name: 'gitlab',
  title: 'GitLab',
  facts: ['change.pushed', 'change.proposed', 'change.reviewed', 'change.merged', 'change.abandoned'],
  baseUrl: 'https://gitlab.com',
  webhook: gitlabWebhook,
  // As Standard Webhooks write it: GitLab takes it as signing token, and older ones as secret token.
  newSecret: () => `whsec_${randomBytes(32).toString('base64')}`,
  cloneUrl: plainAddressing.cloneUrl,
  apiUrl: (baseUrl) => `${baseUrl}/api/v4`,
  authorization: (token, purpose) =>
    purpose === 'clone' ? `Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}` : `Bearer ${token}`,
  connect: connectGitlab,
  hooks: gitlabHooks,
  requiredChecks: gitlabRequiredChecks,
  nameOf: gitlabNameOf,
  repositories: gitlabRepositories,
};
