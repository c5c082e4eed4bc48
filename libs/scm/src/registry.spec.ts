import { readdirSync } from 'node:fs';
import { findScmProvider, scmProviders } from './registry.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

it('registers every folder under its own name', () => {
  expect(scmProviders.map((provider) => provider.name).sort()).toEqual(folders.sort());
});

describe.each(scmProviders.map((provider) => [provider.name, provider] as const))('%s', (name, provider) => {
  it('is found by its name and declares what it may say', () => {
    expect(findScmProvider(name)).toBe(provider);
    expect(provider.facts.length).toBeGreaterThan(0);
  });

  it('keeps no header that holds a credential or a signature', () => {
    expect(provider.webhook.keptHeaders.filter((kept) => /signature|token|secret|authorization|cookie/.test(kept))).toEqual([]);
  });

  it('has its API on the origin of its base, save where the provider has another for everybody', () => {
    expect(new URL(provider.apiUrl('https://git.example:8443')).origin).toBe('https://git.example:8443');
  });
});
