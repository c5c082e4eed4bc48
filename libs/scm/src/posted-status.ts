import type { StatusPosted } from '@throughline/contracts';
import { at, commit, firstText, line, needed } from './payload.ts';
import type { Site, Translation } from './provider.ts';
import { repositoryAt, toldByGithubForm } from './site.ts';
import type { RepositoryAddress } from './provider.ts';
import { statusContext } from './status.ts';

/** What a payload says of a status that bears our name. */
type ToldStatus = Pick<StatusPosted, 'commit' | 'state' | 'by'> & {
  readonly description: unknown;
  readonly url: unknown;
  readonly app?: string | undefined;
};

/** What hosts of GitHub's form call a state; only `success` is passed. */
const states: ReadonlyMap<unknown, StatusPosted['state']> = new Map([
  ['success', 'passed'],
  ['pending', 'pending'],
]);

/** Reads the status of a commit in the form that GitHub gave it. */
export function translateStatus(payload: unknown, site: Site): Translation {
  const context = line(at(payload, 'context'), 100);
  if (context !== statusContext) return { ignored: `the status "${context}" is not ours` };
  return postedStatus(repositoryAt(toldByGithubForm(payload), site), site, {
    commit: needed(commit(at(payload, 'sha')), 'sha', 'a commit id'),
    state: states.get(at(payload, 'state')) ?? 'failed',
    description: at(payload, 'description'),
    url: at(payload, 'target_url'),
    by: line(at(payload, 'sender', 'login'), 200),
  });
}

/** The fact of a status under our name. */
export function postedStatus(repository: RepositoryAddress, { source }: Site, { description, url, app, ...told }: ToldStatus): Translation {
  const address = firstText(url);
  const fields = {
    ...{ repository: repository.id, source, ...told, description: line(description, 300) },
    ...(address === undefined || address.length > 2048 ? {} : { url: address }),
    ...(app === undefined ? {} : { app }),
  };
  return { repository, facts: [{ type: 'status.posted', fields }] };
}
