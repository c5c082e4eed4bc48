import { randomBytes } from 'node:crypto';
import { giteaHeaders, site } from '../journeys/api.ts';
import type { Prepared } from './http-load.ts';

/** More than there are connections, one after the other: each push begins where the one before it ended. */
const repositories = 200;
const commitsOfAPush = 9;
const developer = { id: 7, login: 'developer', full_name: 'Dev Eloper', email: 'developer@shop.example', username: 'developer' };
const person = { name: 'Dev Eloper', email: 'developer@shop.example', username: 'developer' };

/** Pushes of nine commits with all that Gitea tells with them, some 8 KB, to one repository after the other. */
export class GiteaPushes {
  private readonly heads = new Map<string, string>();
  private made = 0;

  constructor(
    private readonly path: string,
    private readonly secret: string,
  ) {}

  /** As none was before. */
  next(): Prepared {
    const after = randomBytes(20).toString('hex');
    const repository = `shop/r${this.made++ % repositories}`;
    const before = this.heads.get(repository) ?? '0'.repeat(40);
    this.heads.set(repository, after);
    const body = JSON.stringify(payloadOf(repository, before, after));
    const named = { 'user-agent': 'Go-http-client/1.1', 'x-gitea-event-type': 'push' };
    return { path: this.path, headers: { ...giteaHeaders(this.secret, 'push', body), ...named }, body };
  }

  list(count: number): Prepared[] {
    return Array.from({ length: count }, () => this.next());
  }
}

function payloadOf(repository: string, before: string, after: string): object {
  const url = `${site}/${repository}`;
  const [owner, name = ''] = repository.split('/');
  const ids = [after, ...Array.from({ length: commitsOfAPush - 1 }, () => randomBytes(20).toString('hex'))];
  const commits = ids.map((id, index) => commitOf(url, id, index));
  return {
    ref: 'refs/heads/main',
    before,
    after,
    compare_url: `${url}/compare/${before}...${after}`,
    commits,
    total_commits: commits.length,
    head_commit: commits[0],
    repository: {
      ...repositoryOf(url),
      id: 4711 + Number(name.slice(1)),
      owner: { ...developer, login: owner },
      name,
      full_name: repository,
    },
    pusher: developer,
    sender: developer,
  };
}

function commitOf(url: string, id: string, index: number): object {
  return {
    id,
    message: `fix(cart): keep the total right when item ${index} is taken out twice\n\nThe second removal found the line gone and subtracted it again.\n`,
    url: `${url}/commit/${id}`,
    author: person,
    committer: person,
    verification: null,
    timestamp: `2026-03-0${index + 1}T09:1${index}:00Z`,
    added: [`src/cart/removal-${index}.ts`],
    removed: [],
    modified: ['src/cart/cart.ts', 'src/cart/total.ts', `test/cart/removal-${index}.spec.ts`],
  };
}

function repositoryOf(url: string): object {
  return {
    description: 'The shop that everybody knows',
    empty: false,
    private: true,
    fork: false,
    template: false,
    mirror: false,
    size: 18_244,
    language: 'TypeScript',
    html_url: url,
    ssh_url: 'git@git.shop.example:shop.git',
    clone_url: `${url}.git`,
    website: '',
    stars_count: 12,
    forks_count: 3,
    watchers_count: 9,
    open_issues_count: 21,
    open_pr_counter: 4,
    release_counter: 18,
    default_branch: 'main',
    archived: false,
    created_at: '2024-01-15T08:00:00Z',
    updated_at: '2026-03-07T09:16:00Z',
    permissions: { admin: true, push: true, pull: true },
    has_issues: true,
    has_wiki: false,
    has_pull_requests: true,
    default_merge_style: 'merge',
  };
}
