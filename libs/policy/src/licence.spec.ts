import { describe, expect, it } from '@jest/globals';
import { imposes } from './licence.ts';

const denied = ['AGPL-3.0-only', 'AGPL-3.0-or-later', 'SSPL-1.0', 'Commercial'];

describe('a licence', () => {
  it.each([
    ['AGPL-3.0-only', true],
    ['MIT', false],
    ['MIT OR AGPL-3.0-only', false],
    ['MIT AND AGPL-3.0-only', true],
    ['(MIT OR Apache-2.0) AND (AGPL-3.0-only OR SSPL-1.0)', true],
    ['(MIT AND AGPL-3.0-only) OR BSD-3-Clause', false],
    ['AGPL-3.0-only WITH Classpath-exception-2.0', true],
    ['AGPL-3.0+', true],
    ['GPL-3.0+', false],
    ['mit or agpl-3.0-only', false],
    ['mit and agpl-3.0-only', true],
    ['MIT/AGPL-3.0-only', false],
    ['agpl-3.0-only', true],
    ['commercial', true],
    ['LicenseRef-scancode-proprietary', false],
    ['NOASSERTION', false],
    ['see the file LICENCE', false],
    ['(((', false],
  ])('%s imposes what is denied: %s', (licence, expected) => {
    expect(imposes(licence, denied)).toBe(expected);
  });

  it('is compared with names that are denied, also where they are no ids', () => {
    expect(imposes('Some Company Licence', ['some company licence'])).toBe(true);
    expect(imposes('LicenseRef-ours AND MIT', ['LicenseRef-ours'])).toBe(true);
    expect(imposes('MIT', [])).toBe(false);
  });
});
