import { describe, expect, it } from '@jest/globals';
import { cvssScore, severityOf } from './cvss.ts';

describe('cvssScore', () => {
  it('scores every version of CVSS', () => {
    expect(cvssScore('CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N')).toMatchObject({
      version: '4.0',
      base: 9.3,
      severity: 'critical',
    });
    expect(cvssScore('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')).toMatchObject({ version: '3.1', base: 9.8, severity: 'critical' });
    expect(cvssScore('AV:N/AC:L/Au:N/C:P/I:P/A:P')).toMatchObject({ version: '2.0', base: 7.5, severity: 'high' });
  });

  it.each(['', '9.8', 'CVSS:3.1/AV:N', 'CVSS:9.9/AV:N/AC:L', 'CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'x'.repeat(10_000)])(
    'refuses %.40s',
    (vector) => {
      expect(cvssScore(vector)).toBeUndefined();
    },
  );
});

describe('severityOf', () => {
  it('changes at the published borders', () => {
    expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9].map(severityOf)).toEqual([
      'info',
      'low',
      'low',
      'medium',
      'medium',
      'high',
      'high',
      'critical',
    ]);
  });
});
