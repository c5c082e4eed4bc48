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

it.each([true, false])('what GitLab requires is a pipeline that succeeds: %s', async (only_allow_merge_if_pipeline_succeeds) => {
  expect(await look('gitlab', { '/projects/acme%2Fshop': { only_allow_merge_if_pipeline_succeeds } })).toEqual({
    required: only_allow_merge_if_pipeline_succeeds,
  });
});
