import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findFixer, fixers } from './registry.ts';

describe.each(fixers.map((fixer) => [fixer.name, fixer] as const))('%s', (name, fixer) => {
  it('has a kebab-case name of its own, equal to its folder', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(existsSync(new URL(`./${name}/${name}.ts`, import.meta.url))).toBe(true);
    expect(findFixer(fixer.ecosystem)).toBe(fixer);
  });

  it.each(['1.0\n', '1.0 [skip ci]', '1.0"', "1.0'; drop", '', '../1', '*', 'latest'])('writes no version like %j', (version) => {
    expect(fixer.isVersion(version)).toBe(false);
  });
});
