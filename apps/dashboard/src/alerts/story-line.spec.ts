import { storyLine } from './story-line.ts';

describe('a line of the story of an alert', () => {
  it('is taken apart into time, service, what happened and details', () => {
    expect(storyLine('2026-11-22T07:08:22.919Z ledger: Findings of bandit (high 1, opened 3)')).toEqual({
      time: '2026-11-22T07:08:22.919Z',
      service: 'ledger',
      text: 'Findings of bandit',
      details: 'high 1, opened 3',
    });
  });

  it('keeps brackets of the details together', () => {
    expect(storyLine('2026-11-22T07:08:28.694Z policy-engine: Gate change: deny (a@1 key (B602), b@1 c)')).toMatchObject({
      text: 'Gate change: deny',
      details: 'a@1 key (B602), b@1 c',
    });
  });

  it('is shown whole when it has another form', () => {
    expect(storyLine('something else')).toEqual({ text: 'something else' });
  });
});
