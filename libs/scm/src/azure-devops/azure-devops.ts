import type { ScmProvider } from '../provider.ts';
import { connectAzure } from './client.ts';
import { isAzureComment } from './comment-event.ts';
import { confirmByAzure } from './confirm.ts';
import { azureNameOf, azureRepositories } from './repositories.ts';
import { azureAddressing } from './told.ts';
import { azureWebhook } from './webhook.ts';

/** Azure DevOps Services and Server: the base address is that of an organisation or collection. */
export const azureDevops: ScmProvider = {
  name: 'azure-devops',
  title: 'Azure DevOps',
  facts: ['change.pushed', 'change.proposed', 'change.reviewed', 'change.merged', 'change.abandoned'],
  webhook: azureWebhook,
  cloneUrl: azureAddressing.cloneUrl,
  apiUrl: (baseUrl) => baseUrl,
  // Tokens of Entra are JSON Web Tokens; personal ones are a password without a name.
  authorization: (token) => (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? `Bearer ${token}` : `Basic ${basicOf(token)}`),
  connect: connectAzure,
  confirm: confirmByAzure,
  confirmGiven: isAzureComment,
  nameOf: azureNameOf,
  repositories: azureRepositories,
};

function basicOf(token: string): string {
  return Buffer.from(`:${token}`).toString('base64');
}
