import { describe, expect, it } from '@jest/globals';
import { affects, fixedVersion, type OsvRecord } from './osv.ts';

const ranges = (ecosystem: string, name: string, ...events: object[]): OsvRecord => ({
  affected: [{ package: { ecosystem, name }, ranges: [{ type: ecosystem === 'npm' ? 'SEMVER' : 'ECOSYSTEM', events }] }],
});

describe('affects', () => {
  it('counts the introducing version in and the fixing version out', () => {
    const record = ranges('npm', 'left-pad', { introduced: '1.2.0' }, { fixed: '1.4.0' });

    const verdicts = ['1.1.9', '1.2.0', '1.3.9', '1.4.0-rc.1', '1.4.0'].map((version) => affects(record, 'npm', 'left-pad', version));

    expect(verdicts).toEqual([false, true, true, true, false]);
  });

  it('counts the last affected version in', () => {
    const record = ranges('npm', 'x', { introduced: '0' }, { last_affected: '2.0.0' });

    expect(affects(record, 'npm', 'x', '2.0.0')).toBe(true);
    expect(affects(record, 'npm', 'x', '2.0.1')).toBe(false);
  });

  it('reads events in whatever order the record gives them', () => {
    const record = ranges('PyPI', 'zope', { fixed: '5.2' }, { introduced: '4.0' }, { introduced: '5.0' }, { fixed: '4.3' });

    const verdicts = ['3.9', '4.0', '4.3', '4.9', '5.0', '5.2'].map((version) => affects(record, 'PyPI', 'zope', version));

    expect(verdicts).toEqual([false, true, false, false, true, false]);
  });

  it('affects exactly one version when it is introduced and last affected there', () => {
    const record = ranges('npm', 'event-stream', { introduced: '3.3.6' }, { last_affected: '3.3.6' });

    const verdicts = ['3.3.5', '3.3.6', '3.3.7'].map((version) => affects(record, 'npm', 'event-stream', version));

    expect(verdicts).toEqual([false, true, false]);
  });

  it('stops at a limit', () => {
    const record = ranges('npm', 'x', { introduced: '1.0.0' }, { limit: '2.0.0' });

    expect(affects(record, 'npm', 'x', '1.5.0')).toBe(true);
    expect(affects(record, 'npm', 'x', '2.0.0')).toBe(false);
  });

  it('finds a version in the list, in another spelling too', () => {
    const record: OsvRecord = { affected: [{ package: { ecosystem: 'PyPI', name: 'Zope.Interface' }, versions: ['2.7'] }] };

    expect(affects(record, 'PyPI', 'zope-interface', '2.7.0')).toBe(true);
    expect(affects(record, 'PyPI', 'zope_interface', '2.8')).toBe(false);
  });

  it('is not clean when the version cannot be placed', () => {
    const record = ranges('npm', 'x', { introduced: '1.0.0' }, { fixed: '2.0.0' });

    expect(affects(record, 'npm', 'x', 'git+ssh://host/x')).toBe('unknown');
  });

  it('is not clean when the record only gives commits or an order that is not known', () => {
    const commits: OsvRecord = {
      affected: [{ package: { ecosystem: 'npm', name: 'x' }, ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }],
    };

    expect(affects(commits, 'npm', 'x', '1.0.0')).toBe('unknown');
    expect(affects(ranges('ConanCenter', 'zlib', { introduced: '0' }, { fixed: '2.0' }), 'ConanCenter', 'zlib', '1.0')).toBe('unknown');
  });

  it('joins ranges that meet, in whatever order they are written, and knows an empty one', () => {
    const meeting = ranges(
      'npm',
      'x',
      { introduced: '0' },
      { fixed: '1.0.0' },
      { introduced: '2.0.0' },
      { fixed: '2.2.0' },
      { introduced: '1.0.0' },
      { fixed: '2.0.0' },
    );
    const empty = ranges('npm', 'x', { introduced: '1.0.0' }, { fixed: '1.0.0' }, { introduced: '2.0.0' }, { fixed: '3.0.0' });
    const verdicts = (record: OsvRecord): unknown[] =>
      ['0.9.0', '1.0.0', '1.5.0', '2.0.0', '2.1.0', '3.0.0'].map((at) => affects(record, 'npm', 'x', at));

    expect(verdicts(meeting)).toEqual([true, true, true, true, true, false]);
    expect(verdicts(empty)).toEqual([false, false, false, true, true, false]);
  });

  it('affects nothing once it is withdrawn', () => {
    const record = { ...ranges('npm', 'x', { introduced: '0' }), withdrawn: '2026-01-01T00:00:00Z' };

    expect(affects(record, 'npm', 'x', '1.0.0')).toBe(false);
  });

  it('says nothing about another package or ecosystem', () => {
    const record = ranges('npm', 'x', { introduced: '0' });

    expect(affects(record, 'npm', 'y', '1.0.0')).toBe(false);
    expect(affects(record, 'PyPI', 'x', '1.0.0')).toBe(false);
  });
});

describe('fixedVersion', () => {
  it('takes the smallest fix on the line of the installed version', () => {
    const record = ranges('PyPI', 'zope', { introduced: '4.0' }, { fixed: '4.3' }, { introduced: '5.0' }, { fixed: '5.2' });

    expect(fixedVersion([record], 'PyPI', 'zope', '4.1')).toBe('4.3');
    expect(fixedVersion([record], 'PyPI', 'zope', '5.0')).toBe('5.2');
  });

  it('passes over a fix that another advisory of the group still affects', () => {
    const first = ranges('npm', 'x', { introduced: '0' }, { fixed: '1.2.0' });
    const second = ranges('npm', 'x', { introduced: '0' }, { fixed: '1.2.1' });

    expect(fixedVersion([first, second], 'npm', 'x', '1.0.0')).toBe('1.2.1');
  });

  it('knows of no fix when there is none', () => {
    expect(fixedVersion([ranges('npm', 'x', { introduced: '0' })], 'npm', 'x', '1.0.0')).toBeUndefined();
  });
});
