import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { github } from './github.ts';

const [merged, other] = ['c'.repeat(40), 'd'.repeat(40)];
const ref = 'refs/heads/release/1';
const suite = { id: 1, actor_name: 'mallory', after_sha: merged, ref, result: 'bypass', evaluation_result: 'fail' };

let api: HttpReceiver;

beforeEach(async () => {
  api = await httpReceiver();
});

afterEach(() => api.close());

const asked = (of = ref) => github.ruleBypasses!({ apiUrl: api.origin, authorization: 'Bearer t' })('acme/shop', of, merged);

function kept(...suites: readonly object[]): void {
  api.answer = () => ({ status: 200, body: JSON.stringify(suites) });
}

describe('what GitHub keeps of rules that were passed over', () => {
  it('is told of the commit that got into the branch', async () => {
    kept({ ...suite, after_sha: other }, suite);

    expect(await asked()).toBe(true);
    const { pathname, searchParams } = new URL(api.requests[0]!.path, api.origin);
    expect(pathname).toBe('/repos/acme/shop/rulesets/rule-suites');
    expect(Object.fromEntries(searchParams)).toMatchObject({ ref, rule_suite_result: 'bypass', time_period: 'week' });
  });

  it.each([
    ['another commit', { after_sha: other }],
    ['another branch', { ref: 'refs/heads/main' }],
    ['a rule that held', { result: 'pass' }],
  ])('is not told of %s', async (_what, over) => {
    kept({ ...suite, ...over });

    expect(await asked()).toBe(false);
  });

  it.each([401, 403, 404])('is not known where the host answers %i', async (status) => {
    api.answer = () => ({ status, body: '{}' });

    expect(await asked()).toBeUndefined();
  });

  it('is asked again when the host is away, and never about what is no ref', async () => {
    api.answer = () => ({ status: 503 });

    await expect(asked()).rejects.toMatchObject({ retryable: true });
    expect(await asked('refs/heads/..')).toBeUndefined();
    expect(api.requests).toHaveLength(1);
  });
});
