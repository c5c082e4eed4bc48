import { ScmCallFailed } from '../client.ts';
import { isFullName } from '../site.ts';

/** `repositories/<workspace>/<name>` of the Cloud; throws for a text that is no full name, before anything is sent. */
export function repositoryPath(fullName: string): readonly string[] {
  if (!isFullName(fullName)) throw new ScmCallFailed(`${JSON.stringify(fullName.slice(0, 100))} is not workspace/name`, false);
  return ['repositories', ...fullName.split('/')];
}

/** `api/latest/projects/<key>/repos/<name>` of a Data Center; throws alike. */
export function projectPath(fullName: string): readonly string[] {
  if (!isFullName(fullName)) throw new ScmCallFailed(`${JSON.stringify(fullName.slice(0, 100))} is not project/name`, false);
  const [project, name] = fullName.split('/') as [string, string];
  return ['api', 'latest', 'projects', project, 'repos', name];
}
