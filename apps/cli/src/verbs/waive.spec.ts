import { describe, expect, it } from '@jest/globals';
import type { WaiverAnswer } from '@throughline/contracts';
import { requestOf, waiverLine, type WaiveFlags } from './waive.ts';

const asked = { endsWhen: 'known_exploited', reason: 'a fixture', until: '2026-12-15' };

describe('waive', () => {
  it('asks for what the flags name', () => {
    expect(requestOf({ ...asked, finding: ['f1', 'f2'], decision: 'd1' })).toEqual({
      ...{ findings: ['f1', 'f2'], decision: 'd1', reason: 'a fixture', until: '2026-12-15', endsWhen: ['known_exploited'] },
    });
    expect(requestOf({ ...asked, cve: 'CVE-2026-12345', endsWhen: 'none' })).toMatchObject({ cve: 'CVE-2026-12345', endsWhen: [] });
    expect(requestOf({ ...asked, endsWhen: 'known_exploited, fix_available' })).toMatchObject({
      endsWhen: ['known_exploited', 'fix_available'],
    });
  });

  it.each<[string, Partial<WaiveFlags>]>([
    ['a reason', { reason: undefined }],
    ['an end', { until: undefined }],
  ])('is wrong usage without %s', (_, missing) => {
    expect(() => requestOf({ ...asked, ...missing })).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('shows where a request comes from that lines of a repository make', () => {
    const lines = ['CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3', 'CVE-2026-4'].map((mark) => ({ mark }));
    const scope = { application: 'shop', repository: 'git.example.org/acme/shop', anyOf: lines };
    const origin = { kind: 'repository', file: '.trivyignore', commit: 'a', unread: [] };
    const shown = {
      label: 'W-31',
      state: 'requested',
      scope,
      origin,
      until: '2026-12-16',
      requestedBy: 'Ada <ada@example.org>',
      reason: 'a',
    };

    expect(waiverLine(shown as unknown as WaiverAnswer)).toContain('CVE-2026-1, CVE-2026-2, CVE-2026-3 and 1 more lines  git.example.org');
    expect(waiverLine(shown as unknown as WaiverAnswer)).toMatch(/Ada <ada@example\.org> in \.trivyignore: a$/);
  });

  it('shows an exception on one line, with foreign text made harmless', () => {
    const scope = { application: 'shop', repository: 'git.example.org/acme/shop', cve: 'CVE-2026-12345' };
    const shown = { label: 'W-31', state: 'requested', scope, until: '2026-12-16T00:00:00.000Z', requestedBy: 'dana', reason: 'a\nb' };

    expect(waiverLine(shown as WaiverAnswer)).toMatch(
      /^W-31 +.*requested.* CVE-2026-12345 {2}git\.example\.org\/acme\/shop {2}until 2026-12-16 {2}dana: a\\u\{a\}b$/,
    );
  });
});
