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

  it('scores what is known of attacks and of the environment, halves rounded up', () => {
    expect(cvssScore('AV:N/AC:L/Au:S/C:C/I:C/A:C/E:F/RL:U/RC:C')).toMatchObject({ base: 9, temporal: 8.6, overall: 8.6 });
    expect(cvssScore('AV:A/AC:H/Au:S/C:N/I:P/A:P/E:POC/RL:OF/RC:C/CDP:LM/TD:M/CR:M/IR:L/AR:L')).toMatchObject({
      base: 2.9,
      temporal: 2.3,
      environmental: 2.8,
      overall: 2.8,
    });
    expect(cvssScore('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P')).toMatchObject({ base: 9.8, temporal: 9.3, overall: 9.3 });
    expect(cvssScore('AV:N/AC:L/Au:N/C:P/I:P/A:P')).not.toHaveProperty('temporal');
  });

  it.each([
    'AV:N/AC:L/Au:N/C:P/I:P',
    'AV:N/AC:L/Au:N/C:P/I:P/A:P/A:P',
    'AV:N/AC:L/Au:N/C:P/I:P/A:P/E:toString',
    'AV:N/AC:L/Au:N/C:P/I:P/A:P/X:Y',
    'AV:N/AC:L/Au:N/C:P/I:P/A:P/',
  ])('refuses %s as CVSS 2', (vector) => {
    expect(cvssScore(vector)).toBeUndefined();
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
