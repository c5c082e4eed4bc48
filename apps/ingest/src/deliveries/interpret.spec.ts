import { factMeta, type FactClass } from '@throughline/contracts';
import { scmProviders } from '@throughline/scm';
import fc from 'fast-check';
import type { KnownSource } from '../sources/known-source.ts';
import type { Outcome } from './candidate.ts';
import { interpret } from './interpret.ts';
import { reading } from './reading/reading.ts';

const id = (digit: string): string => digit.repeat(40);
const push = (fullName: string): object => ({
  ref: 'refs/heads/main',
  before: id('a'),
  after: id('b'),
  repository: { full_name: fullName, clone_url: `https://git.example/${fullName}.git`, default_branch: 'main' },
  sender: { login: 'ada' },
  commits: [],
});

const ofGithubForm = scmProviders.filter(({ name }) => ['github', 'gitea'].includes(name));
const unlocated: KnownSource = { id: 's1', version: '1', provider: scmProviders[0]!, scope: {}, settings: {}, secrets: [] };

function source(overrides: Partial<KnownSource> = {}): KnownSource {
  return { ...unlocated, baseUrl: 'https://git.example', ...overrides };
}

function outcomeOf(source: KnownSource, event: string, payload: object): Outcome {
  const order = { provider: source.provider.name, contentType: undefined, event, source: source.id, baseUrl: source.baseUrl };
  return interpret(source, reading.read(order, Buffer.from(JSON.stringify(payload))));
}

describe('interpret', () => {
  it('turns what a source may say into facts', () => {
    const outcome = outcomeOf(source({ scope: { repositories: ['acme/*'] } }), 'push', push('acme/shop'));

    expect(outcome).toMatchObject({ status: 'accepted', repository: { id: 'git.example/acme/shop' }, facts: [{ after: id('b') }] });
  });

  it('drops what lies outside of the scope, whatever the provider and the repository', () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    fc.assert(
      fc.property(fc.constantFrom(...ofGithubForm), part, part, (provider, owner, name) => {
        fc.pre(owner !== 'acme');

        const outcome = outcomeOf(source({ provider, scope: { repositories: ['acme/*'] } }), 'push', push(`${owner}/${name}`));

        expect(outcome).toMatchObject({ status: 'refused', reason: expect.stringContaining('out of scope'), facts: [] });
        expect(outcome.repository).toBeUndefined();
      }),
    );
  });

  it('drops a fact that the kind of the source may not produce', () => {
    const mute = { ...scmProviders[0]!, facts: [] };

    expect(outcomeOf(source({ provider: mute }), 'push', push('acme/shop'))).toMatchObject({ status: 'refused', facts: [] });
  });

  it('gives only facts of declared types', () => {
    for (const provider of ofGithubForm) {
      const { facts } = outcomeOf(source({ provider }), 'push', push('acme/shop'));
      expect(facts.map((fact) => factMeta(fact.constructor as FactClass).type)).toEqual(['change.pushed']);
    }
  });

  it('ignores what means nothing to us with a reason', () => {
    expect(outcomeOf(source(), 'star', {})).toEqual({ status: 'ignored', reason: 'event "star" is not used', facts: [] });
  });

  it('believes no address before the source has one', () => {
    expect(() => outcomeOf(unlocated, 'push', push('acme/shop'))).toThrow(expect.objectContaining({ code: 'foreign_origin' }));
  });
});
