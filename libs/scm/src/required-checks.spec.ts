import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { findScmProvider } from './registry.ts';

let api: HttpReceiver;

beforeEach(async () => {
  api = await httpReceiver();
});

afterEach(() => api.close());

/** What a host says of its branch: each path with its answer, others are not there. */
function look(kind: string, answers: Readonly<Record<string, unknown>>) {
  api.answer = ({ path }) => {
    const found = Object.entries(answers).find(([known]) => path.split('?')[0] === known);
    return found ? { status: 200, body: JSON.stringify(found[1]) } : { status: 404, body: '{}' };
  };
  return findScmProvider(kind)!.requiredChecks!({ apiUrl: api.origin })('acme/shop', 'release/1', 'throughline');
}

const branch = '/repos/acme/shop/branches/release/1';
const rules = '/repos/acme/shop/rules/branches/release/1';
const protectedBy = (checks: object) => ({ [branch]: { protected: true, protection: { enabled: true, required_status_checks: checks } } });
const ruled = (...required_status_checks: object[]) => ({
  [branch]: { protected: true },
  [rules]: [{ type: 'deletion' }, { type: 'required_status_checks', parameters: { required_status_checks } }],
});

describe('what a branch of GitHub requires', () => {
  it.each([
    ['nothing', { [branch]: { protected: false } }, { required: false, apps: [] }],
    [
      'another check',
      protectedBy({ enforcement_level: 'everyone', contexts: ['ci'], checks: [{ context: 'ci', app_id: 5 }] }),
      { required: false, apps: [] },
    ],
    [
      'what nothing enforces',
      protectedBy({ enforcement_level: 'off', contexts: ['throughline'], checks: [] }),
      { required: false, apps: [] },
    ],
    ['our check of an App', protectedBy({ checks: [{ context: 'throughline', app_id: 7 }] }), { required: true, apps: ['7'] }],
    ['our check of anybody', protectedBy({ checks: [{ context: 'throughline', app_id: null }] }), { required: true, apps: [] }],
    ['our check of any App', protectedBy({ checks: [{ context: 'throughline', app_id: -1 }] }), { required: true, apps: [] }],
    ['our check, as older servers say it', protectedBy({ contexts: ['throughline'] }), { required: true, apps: [] }],
    [
      'our check of an App by a rule set',
      ruled({ context: 'ci' }, { context: 'throughline', integration_id: 7 }),
      { required: true, apps: ['7'] },
    ],
    ['our check of anybody by a rule set', ruled({ context: 'throughline' }), { required: true, apps: [] }],
    [
      'our check of all but administrators',
      protectedBy({ enforcement_level: 'non_admins', checks: [{ context: 'throughline', app_id: 7 }] }),
      { required: true, apps: ['7'], exempt: ['administrators'] },
    ],
    [
      'our check of all, administrators too',
      protectedBy({ enforcement_level: 'everyone', checks: [{ context: 'throughline', app_id: 7 }] }),
      { required: true, apps: ['7'] },
    ],
    [
      'another check of all but administrators, and ours by a rule set',
      {
        ...protectedBy({ enforcement_level: 'non_admins', checks: [{ context: 'throughline', app_id: 7 }] }),
        [rules]: [
          { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'throughline', integration_id: 7 }] } },
        ],
      },
      { required: true, apps: ['7'] },
    ],
  ])('is told for %s', async (_what, answers, expected) => {
    expect(await look('github', answers)).toEqual(expected);
  });

  it('is not known of a branch that may not be seen', async () => {
    await expect(look('github', {})).rejects.toMatchObject({ code: 'scm_call_failed', status: 404 });
  });
});

describe('what a branch of Gitea requires', () => {
  const rule = (rule_name: string, contexts: readonly string[], enabled = true) => ({
    '/repos/acme/shop/branch_protections': [{ rule_name, enable_status_check: enabled, status_check_contexts: contexts }],
  });

  it.each([
    ['nothing', { '/repos/acme/shop/branch_protections': [] }, false],
    ['our check on another branch', rule('main', ['throughline']), false],
    ['another check', rule('release/1', ['ci/*']), false],
    ['our check, switched off', rule('release/1', ['throughline'], false), false],
    ['our check', rule('release/1', ['throughline']), true],
    ['our check by patterns', rule('release/*', ['*line']), true],
    ['all checks', rule('*', ['*']), true],
    ['a pattern that is too long for it', rule('release/1', ['through*ghline']), false],
  ])('is told for %s', async (_what, answers, required) => {
    expect(await look('gitea', answers)).toEqual({ required });
  });
});

describe('whom a branch of Gitea spares', () => {
  const rule = { rule_name: 'release/*', enable_status_check: true, status_check_contexts: ['throughline'] };
  const whitelist = { enable_push: true, enable_push_whitelist: true };

  it.each([
    ['nobody, as older versions tell it', [rule], undefined],
    ['nobody', [{ ...rule, enable_push: false, block_admin_merge_override: true }], undefined],
    ['administrators', [{ ...rule, block_admin_merge_override: false }], ['administrators']],
    ['whoever pushes', [{ ...rule, enable_push: true }], ['pushes']],
    ['whoever is named for pushes', [{ ...rule, ...whitelist, push_whitelist_usernames: ['ada'] }], ['pushes']],
    ['nobody, where nobody is named', [{ ...rule, ...whitelist, push_whitelist_usernames: [] }], undefined],
    ['what only one of two rules spares', [{ ...rule, enable_push: true }, rule], undefined],
  ])('is told for %s', async (_what, answer, exempt) => {
    const seen = await look('gitea', { '/repos/acme/shop/branch_protections': answer });

    expect(seen).toEqual({ required: true, ...(exempt && { exempt }) });
  });
});

describe('what GitLab requires is a pipeline that succeeds', () => {
  const project = (required: boolean) => ({ '/projects/acme%2Fshop': { only_allow_merge_if_pipeline_succeeds: required } });
  const rules = (...found: object[]) => ({ '/projects/acme%2Fshop/protected_branches': found });
  const rule = (name: string, ...levels: number[]): object => ({
    name,
    push_access_levels: levels.map((access_level) => ({ access_level })),
  });

  it.each([
    ['not at all', { ...project(false), ...rules() }, { required: false }],
    ['of all, where nobody may push', { ...project(true), ...rules(rule('release/*', 0)) }, { required: true }],
    ['of merge requests, not of pushes', { ...project(true), ...rules(rule('release/1', 40)) }, { required: true, exempt: ['pushes'] }],
    [
      'of nobody who may push by another rule',
      { ...project(true), ...rules(rule('*', 0), rule('release/1', 30)) },
      { required: true, exempt: ['pushes'] },
    ],
    [
      'not of pushes to a branch that is not protected',
      { ...project(true), ...rules(rule('main', 0)) },
      { required: true, exempt: ['pushes'] },
    ],
    ['of whom is not known, where the rules are not shown', project(true), { required: true }],
  ])('%s', async (_what, answers, expected) => {
    expect(await look('gitlab', answers)).toEqual(expected);
  });
});
