import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { channelKinds, findChannelKind } from './registry.ts';

describe.each(channelKinds.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  it('has a kebab-case name of its own, equal to its folder', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(channelKinds.filter((other) => other.name === name)).toHaveLength(1);
    expect(existsSync(new URL(`./${name}/${name}.ts`, import.meta.url))).toBe(true);
    expect(findChannelKind(name)).toBe(kind);
  });

  it('keeps no field among the settings that is also a secret', () => {
    const settings = Object.keys(Object.getOwnPropertyDescriptors(kind.settings.prototype));
    const secrets = Object.keys(Object.getOwnPropertyDescriptors(kind.secrets.prototype)).filter((field) => field !== 'constructor');

    expect(settings.filter((field) => secrets.includes(field))).toEqual([]);
  });

  it('validates its settings by its class', () => {
    expect(() => validateSync(new kind.settings(), { forbidUnknownValues: false })).not.toThrow();
  });

  it('gives up within two weeks and never hammers', () => {
    expect(kind.delays.reduce((sum, delay) => sum + delay, 0)).toBeLessThan(14 * 86_400);
    expect(kind.delays.every((delay, index) => delay >= 2 && delay >= (kind.delays[index - 1] ?? 0))).toBe(true);
  });
});
