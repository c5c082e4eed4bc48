import type { ScmProvider } from '../provider.ts';
import { plainAddressing } from '../site.ts';
import { githubApps } from './apps.ts';
import { connectGithub } from './client.ts';
import { githubHooks } from './hooks.ts';
import { githubNameOf, githubRepositories } from './repositories.ts';
import { githubRequiredChecks } from './required-check.ts';
import { githubRuleBypasses } from './rule-suites.ts';
import { githubWebhook } from './webhook.ts';

const publicSite = 'https://github.com';

/** github.com, and GitHub Enterprise Server by its base address. */
export const github: ScmProvider = {
  name: 'github',
  title: 'GitHub',
  facts: ['change.pushed', 'change.proposed', 'change.reviewed', 'change.merged', 'change.abandoned', 'status.posted'],
  baseUrl: publicSite,
  webhook: githubWebhook,
  cloneUrl: plainAddressing.cloneUrl,
  apiUrl: (baseUrl) => (baseUrl === publicSite ? 'https://api.github.com' : `${baseUrl}/api/v3`),
  authorization: (token, purpose) =>
    purpose === 'clone' ? `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}` : `Bearer ${token}`,
  connect: connectGithub,
  apps: githubApps,
  hooks: githubHooks,
  requiredChecks: githubRequiredChecks,
  ruleBypasses: githubRuleBypasses,
  callsPerHour: 5000,
  nameOf: githubNameOf,
  repositories: githubRepositories,
};
