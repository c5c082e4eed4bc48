import { github } from './github.ts';

const site = { source: 's1', baseUrl: 'https://github.com' };
const repository = { full_name: 'acme/shop', clone_url: 'https://github.com/acme/shop.git', default_branch: 'main' };
const suite = { head_branch: 'topic', head_sha: 'b'.repeat(40), app: { id: 12 } };
const sender = { login: 'octo' };

it.each([
  ['check_run', { action: 'rerequested', check_run: { name: 'throughline', check_suite: suite }, repository, sender }],
  ['check_suite', { action: 'rerequested', check_suite: suite, repository, sender }],
])('a %s that somebody wants again is a scan of its commit', (event, payload) => {
  expect(github.webhook.translate(event, payload, site)).toMatchObject({
    repository: { id: 'github.com/acme/shop' },
    facts: [
      {
        type: 'change.pushed',
        fields: { ref: 'refs/heads/topic', after: 'b'.repeat(40), rescan: true, pusher: 'octo', defaultBranch: 'main', forced: false },
      },
    ],
  });
});

it.each([
  ['what was only made', { action: 'created', check_run: { check_suite: suite }, repository, sender }],
  [
    'a fork, whose branch lies elsewhere',
    { action: 'rerequested', check_run: { check_suite: { ...suite, head_branch: null } }, repository, sender },
  ],
])('nothing is scanned for %s', (_what, payload) => {
  expect(github.webhook.translate('check_run', payload, site)).toMatchObject({ ignored: expect.any(String) });
});
