import { describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { atProvider } from './at-provider.ts';
import type { ProviderCredential, Sending } from './channel.ts';

const whole = { provider: 'gitea', apiUrl: 'https://git.example/api/v1', fullName: 'payments/shop', authorization: 'token t' };

describe('what is written at a provider', () => {
  const written = async (credential: ProviderCredential): Promise<object> => {
    const context = { dispatcher: new Agent(), credential: () => Promise.resolve(credential) } as unknown as Sending;
    return atProvider(context, 'git.example/payments/shop', (_client, fullName) => Promise.resolve({ id: `written at ${fullName}` }));
  };

  it('is written with its credential', async () => {
    expect(await written(whole)).toEqual({ id: 'written at payments/shop' });
  });

  it.each<[string, ProviderCredential, string]>([
    ['nothing stands for the repository', { provider: 'none' }, 'no provider'],
    ['the address of the API is not known', { ...whole, apiUrl: undefined }, 'no provider'],
    ['it has no credential', { provider: 'gitea', apiUrl: whole.apiUrl, fullName: whole.fullName }, 'no credential'],
  ])('is kept where %s', async (_what, credential, id) => {
    expect(await written(credential)).toEqual({ id, kept: true });
  });
});
