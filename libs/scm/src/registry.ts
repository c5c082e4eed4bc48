import { azureDevops } from './azure-devops/azure-devops.ts';
import { bitbucket } from './bitbucket/bitbucket.ts';
import { gitea } from './gitea/gitea.ts';
import { github } from './github/github.ts';
import { gitlab } from './gitlab/gitlab.ts';
import type { ScmProvider } from './provider.ts';

/** Every source-code host; its folder is named like it. */
export const scmProviders: readonly ScmProvider[] = [github, gitlab, gitea, bitbucket, azureDevops];

/** The provider of a source's kind; undefined for kinds that host no source code. */
export function findScmProvider(name: string): ScmProvider | undefined {
  return scmProviders.find((provider) => provider.name === name);
}
