import { describe, expect, it } from '@jest/globals';
import { readAuthFile } from './auth-file.ts';

describe('a file of registry accounts', () => {
  it('names accounts by host, as docker login and podman login write them', () => {
    const auth = Buffer.from('you:pass:word').toString('base64');
    const file = {
      auths: { 'https://index.docker.io/v1/': { auth }, 'Registry.internal:5000': { username: 'a', password: 'b' }, 'kept.example': {} },
      credsStore: 'desktop',
    };

    expect([...readAuthFile(JSON.stringify(file))]).toEqual([
      ['registry-1.docker.io', { user: 'you', password: 'pass:word' }],
      ['registry.internal:5000', { user: 'a', password: 'b' }],
    ]);
  });

  it.each(['', '[]', '{"auths":[]}x', '{"auths":{"a.example":{"auth":"c2VjcmV0"}}}'])('is refused without being quoted: %j', (text) => {
    expect(() => readAuthFile(text)).toThrow(/^(?!.*(secret|c2VjcmV0)).*registry accounts/);
  });
});
