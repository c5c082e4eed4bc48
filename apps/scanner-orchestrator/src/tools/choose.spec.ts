import { describe, expect, it } from '@jest/globals';
import { chooseTools } from './choose.ts';
import type { Tool, ToolState } from './tool.ts';

const tool = (name: string, asked?: Tool['asked']): Tool => ({
  name,
  version: '1',
  installer: 'pip',
  present: 'x',
  ...(asked && { asked }),
});
const all = [tool('bandit'), tool('semgrep', { megabytes: 300 }), tool('semgrep', { megabytes: 300 }), tool('checkov', { megabytes: 200 })];
const there: ToolState = { state: 'unavailable', reason: 'no network', stamp: 's', triedAt: '2026-01-01T00:00:00Z' };

const names = (...given: Parameters<typeof chooseTools>): string[] => chooseTools(...given).map(({ name }) => name);

describe('the tools of a machine', () => {
  it('are those of every installation, until somebody asks for more', () => {
    expect(names(all, {}, {})).toEqual(['bandit']);
    expect(names(all, {}, { add: ['semgrep'] })).toEqual(['bandit', 'semgrep']);
  });

  it('stay what was asked for before, whether it could be had or not', () => {
    expect(names(all, { checkov: there }, {})).toEqual(['bandit', 'checkov']);
  });

  it('are no longer what somebody took away', () => {
    expect(names(all, { checkov: there, semgrep: there }, { remove: ['checkov'] })).toEqual(['bandit', 'semgrep']);
  });

  it.each([{ add: ['nothing'] }, { remove: ['bandit'] }])('are not changed by a wish for what is not to be asked for: %j', (wishes) => {
    expect(() => chooseTools(all, {}, wishes)).toThrow('semgrep, checkov');
  });
});
