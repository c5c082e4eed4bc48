import type { Api } from './api.ts';
import { Refused } from './exit.ts';

/** A repository, and a commit where one is known. */
interface About {
  readonly repository: string;
  readonly commit?: string;
}

/** What a command is about: what its flags say, else what its CI job runs on. */
export async function aboutOf(api: Api, flags: Partial<About>): Promise<About> {
  const job = await api.job();
  const repository = flags.repository ?? job?.repository;
  const commit = flags.commit ?? job?.commit;
  if (repository === undefined) throw new Refused('usage', 'name the repository: --repository');
  return { repository, ...(commit === undefined ? {} : { commit }) };
}
