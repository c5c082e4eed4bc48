import { describe, expect, it } from '@jest/globals';
import { groupLine } from './deadlines.ts';

describe('deadlines', () => {
  it('are shown a line for each application, owner and severity, with foreign text made harmless', () => {
    const group = { application: 'till', owner: '@acme/\u001b[2Jred', severity: 'high', breached: 0, breaching: 3 } as const;

    expect(groupLine(group)).toBe('high     0 late, 3 to come  till  @acme/\\u{1b}[2Jred');
    expect(groupLine({ ...group, breached: 2 })).toContain('2 late');
  });
});
