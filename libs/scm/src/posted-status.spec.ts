import { findScmProvider } from './registry.ts';
import type { Site } from './provider.ts';

const site: Site = { source: 's1', baseUrl: 'https://git.example' };
const commit = 'c'.repeat(40);
const repository = { full_name: 'acme/shop', clone_url: 'https://git.example/acme/shop.git' };
const status = {
  ...{ sha: commit, context: 'throughline', state: 'success', description: 'All is well', target_url: 'https://ci.example/1' },
  ...{ repository, sender: { login: 'mallory' } },
};
const run = {
  action: 'completed',
  repository,
  sender: { login: 'mallory' },
  check_run: {
    ...{ name: 'throughline', head_sha: commit, status: 'completed', conclusion: 'success', details_url: 'https://ci.example/2' },
    ...{ output: { title: 'Looks good' }, app: { id: 15368, slug: 'github-actions' } },
  },
};
const built = {
  actor: { nickname: 'mallory' },
  repository: { full_name: 'acme/shop' },
  commit_status: {
    ...{ key: 'throughline', state: 'SUCCESSFUL', description: 'All is well', url: 'https://ci.example/3' },
    links: { commit: { href: `https://api.bitbucket.org/2.0/repositories/acme/shop/commit/${commit}` } },
  },
};
const hook = (kind: string) => findScmProvider(kind)!.webhook;
const said = { type: 'status.posted', fields: { commit, state: 'passed', by: 'mallory', description: 'All is well' } };

describe('a status under our name', () => {
  it.each(['github', 'gitea'])('is told by %s with who wrote it', (kind) => {
    expect(hook(kind).translate('status', status, site)).toMatchObject({
      facts: [{ ...said, fields: { ...said.fields, repository: 'git.example/acme/shop', source: 's1', url: 'https://ci.example/1' } }],
    });
  });

  it.each(['repo:commit_status_created', 'repo:commit_status_updated'])('is told by Bitbucket Cloud as %s', (event) => {
    const cloud = { source: 's1', baseUrl: 'https://bitbucket.org' };

    expect(hook('bitbucket').translate(event, built, cloud)).toMatchObject({ facts: [said] });
  });

  it.each([
    ['pending', 'pending'],
    ['failure', 'failed'],
    ['error', 'failed'],
    ['constructor', 'failed'],
  ])('%s counts as %s', (state, counts) => {
    expect(hook('github').translate('status', { ...status, state }, site)).toHaveProperty('facts.0.fields.state', counts);
  });

  it.each([
    ['INPROGRESS', 'pending'],
    ['STOPPED', 'failed'],
  ])('%s of Bitbucket counts as %s', (state, counts) => {
    const other = { ...built, commit_status: { ...built.commit_status, state } };

    expect(hook('bitbucket').translate('repo:commit_status_updated', other, site)).toHaveProperty('facts.0.fields.state', counts);
  });

  it('of any other name is nothing to us', () => {
    expect(hook('github').translate('status', { ...status, context: 'ci/build' }, site)).toEqual({
      ignored: 'the status "ci/build" is not ours',
    });
  });

  it('needs a commit', () => {
    expect(() => hook('github').translate('status', { ...status, sha: 'main' }, site)).toThrow(/sha/);
  });
});

describe('a check run under our name', () => {
  const runWith = (more: object) => ({ ...run, check_run: { ...run.check_run, ...more } });

  it('is told with the App that wrote it', () => {
    expect(hook('github').translate('check_run', run, site)).toMatchObject({
      facts: [
        { type: 'status.posted', fields: { commit, state: 'passed', by: 'github-actions', app: '15368', description: 'Looks good' } },
      ],
    });
  });

  it.each([
    ['success', 'passed'],
    ['neutral', 'passed'],
    ['skipped', 'passed'],
    ['failure', 'failed'],
    ['cancelled', 'failed'],
    [null, 'failed'],
  ])('that concludes with %s is %s where it is required', (conclusion, state) => {
    expect(hook('github').translate('check_run', runWith({ conclusion }), site)).toHaveProperty('facts.0.fields.state', state);
  });

  it('that goes on is pending', () => {
    const going = { ...runWith({ status: 'in_progress', conclusion: null }), action: 'created' };

    expect(hook('github').translate('check_run', going, site)).toHaveProperty('facts.0.fields.state', 'pending');
  });

  it.each([runWith({ name: 'build' }), { ...run, action: 'requested_action' }])('is nothing to us as %#', (payload) => {
    expect(hook('github').translate('check_run', payload, site)).toEqual({ ignored: expect.stringContaining('asks for nothing') });
  });
});
