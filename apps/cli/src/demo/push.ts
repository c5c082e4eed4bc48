import { createHmac, randomUUID } from 'node:crypto';
import type { CreatedDemo } from '@throughline/contracts';
import { Refused } from '../exit.ts';
import { git } from '../git.ts';
import type { DemoRepository } from './repository.ts';

const title = 'Add monthly reports and deploy them';

/** Sends the push of the second commit through the front door, signed as Gitea signs it. */
export async function sendPush(demo: CreatedDemo, repository: DemoRepository): Promise<void> {
  const when = await git(repository.folder, 'show', '--no-patch', '--format=%aI', repository.after);
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before: repository.before,
    after: repository.after,
    commits: [{ id: repository.after, message: `${title}\n`, timestamp: when, author: { name: 'Demo Developer' } }],
    repository: { full_name: demo.name, clone_url: `https://${demo.repository}.git`, default_branch: 'main' },
    pusher: { login: 'demo-developer' },
    sender: { login: 'demo-developer' },
  });
  const response = await fetch(demo.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-gitea-event': 'push',
      'x-gitea-delivery': randomUUID(),
      'x-gitea-signature': createHmac('sha256', demo.secret).update(body).digest('hex'),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status !== 202) throw new Refused('unreachable', `the push was answered ${response.status}: ${await response.text()}`);
}
