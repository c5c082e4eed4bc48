import { ScmCallFailed } from '../client.ts';
import { isAzureName } from './told.ts';

/** Of the API: each call names it. */
export const version = { 'api-version': '7.1' };

/** `<project>/_apis/git/repositories/<name>`; throws for a text that is no full name, before anything is sent. */
export function repositoryPath(fullName: string): readonly string[] {
  if (!isAzureName(fullName)) throw new ScmCallFailed(`${JSON.stringify(fullName.slice(0, 100))} is not project/name`, false);
  const [project, name] = fullName.split('/') as [string, string];
  return [project, '_apis', 'git', 'repositories', name];
}
