import type { ScmProvider } from '../provider.ts';
import { plainAddressing } from '../site.ts';
import { confirmByCloud, connectCloud } from './cloud-client.ts';
import { connectDataCenter } from './data-center-client.ts';
import { cloudHooks, dataCenterHooks } from './hooks.ts';
import { cloudNameOf, cloudRepositories, dataCenterNameOf, dataCenterRepositories } from './repositories.ts';
import { dataCenterAddressing, publicSite } from './told.ts';
import { bitbucketWebhook } from './webhook.ts';

/** bitbucket.org (Cloud), and a Bitbucket Data Center by its base address. */
export const bitbucket: ScmProvider = {
  name: 'bitbucket',
  title: 'Bitbucket Cloud, Bitbucket Data Center',
  facts: ['change.pushed', 'change.proposed', 'change.reviewed', 'change.merged', 'change.abandoned', 'status.posted'],
  publicUrl: publicSite,
  webhook: bitbucketWebhook,
  cloneUrl: (baseUrl, fullName) => (baseUrl === publicSite ? plainAddressing : dataCenterAddressing).cloneUrl(baseUrl, fullName),
  apiUrl: (baseUrl) => (baseUrl === publicSite ? 'https://api.bitbucket.org/2.0' : `${baseUrl}/rest`),
  authorization(token, purpose) {
    // An API token of a person is used with a name: git wants another one than the API when it is an address of mail.
    const [, name, secret] = /^([^:]+):(.+)$/.exec(token) ?? [];
    if (secret === undefined) return purpose === 'clone' ? basic('x-token-auth', token) : `Bearer ${token}`;
    return basic(purpose === 'clone' && name!.includes('@') ? 'x-bitbucket-api-token-auth' : name!, secret);
  },
  connect: (to) => (isCloud(to.apiUrl) ? connectCloud : connectDataCenter)(to),
  confirm: confirmByCloud,
  callsPerHour: 1000,
  nameOf: (to, asked) => (isCloud(to.apiUrl) ? cloudNameOf : dataCenterNameOf)(to, asked),
  repositories: (to) => (isCloud(to.apiUrl) ? cloudRepositories : dataCenterRepositories)(to),
  hooks: (to) => (isCloud(to.apiUrl) ? cloudHooks : dataCenterHooks)(to),
};

/** The address of the Cloud's API ends with its version, that of a Data Center with `/rest`. */
function isCloud(apiUrl: string): boolean {
  return /\/2\.0\/*$/.test(apiUrl);
}

function basic(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
}
