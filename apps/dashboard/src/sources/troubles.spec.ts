import type { Source, SourceReach } from '@throughline/contracts';
import { troubles, wayBack } from './troubles.ts';

const installation = {
  installation: '77',
  account: 'acme',
  state: 'active',
  given: 3,
  connected: true,
  since: '2026-11-22T00:00:00Z',
} as const;
const reachOf = (...installations: object[]): SourceReach => ({ installations, resting: 0, repositories: [] }) as unknown as SourceReach;
const fault = { repository: 'github.com/acme/shop', detail: 'why', at: '2026-11-22T00:00:00Z' };
const source = (fields: object, settings: object = { token: true }): Source => ({ name: 'code', settings, ...fields }) as Source;
const withApp = { token: false, app: 'https://github.com/apps/tl' };
const words = (of: Source): string[] => troubles(of).map(({ what }) => what);

describe('what is wrong with a source', () => {
  it('is nothing where it is answered, seen and required', () => {
    const well = { hooks: { kept: 2, waiting: 1, faults: [] }, protection: { required: 2, waiting: 0, faults: [] } };

    expect(troubles(source({ ...well, reach: reachOf(installation) }, withApp))).toEqual([]);
    expect(troubles(source(well))).toEqual([]);
  });

  it.each([
    ['there is neither an App nor a token', source({}, { token: false }), 'Nothing is answered'],
    ['nobody installed the App', source({}, withApp), 'The App is not known to be installed'],
    ['a webhook is not kept', source({ hooks: { kept: 0, waiting: 0, faults: [fault] } }), '1 webhook is not as it should be'],
    [
      'branches are open',
      source({ protection: { required: 0, waiting: 0, faults: [fault, fault] } }),
      '2 branches are not known to require the check',
    ],
    [
      'more than can be listed',
      source({ hooks: { kept: 0, waiting: 0, faults: Array.from({ length: 50 }, () => fault) } }),
      '50 or more webhooks are not as they should be',
    ],
    ['repositories rest', source({ reach: { ...reachOf(installation), resting: 50 } }, withApp), '50 repositories rest'],
  ])('is told where %s', (_what, of, what) => {
    expect(words(of)).toEqual([what]);
  });

  it('names where the App was lost, and that nothing is left', () => {
    const lost = reachOf({ ...installation, state: 'suspended' }, { ...installation, account: 'other', state: 'removed' });

    expect(words(source({ reach: lost }, withApp))).toEqual([
      'Nothing is answered',
      'The App at acme is suspended',
      'The App at other was removed',
    ]);
    expect(words(source({ reach: lost }, { ...withApp, token: true }))).toEqual([
      'The App at acme is suspended',
      'The App at other was removed',
    ]);
  });

  it('says why an App could not be asked, in the words of the host', () => {
    const found = troubles(source({ reach: reachOf({ ...installation, fault: 'GitHub answered 403' }) }, withApp));

    expect(found).toEqual([{ what: 'The App at acme could not be asked what it may see', detail: 'GitHub answered 403' }]);
  });
});

it.each([
  [{ token: false }, 'nothing'],
  [{ token: true }, 'a token'],
  [withApp, 'an App'],
  [{ ...withApp, token: true }, 'an App, and a token where the App is not installed'],
])('the way back with %j is %s', (settings, words) => {
  expect(wayBack({ settings })).toBe(words);
});
