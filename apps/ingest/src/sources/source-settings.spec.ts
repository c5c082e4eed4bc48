import { findScmProvider } from '@throughline/scm';
import { changeSettings, cloneUrlOf } from './source-settings.ts';

const github = findScmProvider('github')!;
const gitea = findScmProvider('gitea')!;

describe('changeSettings', () => {
  it('keeps what is absent, removes what is empty and cuts slashes at the end', () => {
    const { addresses } = changeSettings(gitea, { baseUrl: 'https://a.example', apiUrl: 'https://a.example/api/v1' }, { apiUrl: '' });

    expect(addresses).toEqual({ baseUrl: 'https://a.example' });
    expect(changeSettings(gitea, {}, { baseUrl: 'https://a.example/git/' }).addresses).toEqual({ baseUrl: 'https://a.example/git' });
  });

  it.each([
    ['host', { baseUrl: 'https://b.example' }],
    ['scheme', { baseUrl: 'http://a.example' }],
    ['port', { baseUrl: 'https://a.example:8443' }],
    ['address of the API', { apiUrl: 'https://b.example/api/v1' }],
    ['address to clone from', { cloneUrl: 'https://b.example/{fullName}.git' }],
  ])('drops the token when another %s is set', (_what, change) => {
    expect(changeSettings(gitea, { baseUrl: 'https://a.example' }, change).token).toBe('drop');
  });

  it('keeps the token when only a path changes, and takes a new one with a new origin', () => {
    expect(changeSettings(gitea, { baseUrl: 'https://a.example' }, { baseUrl: 'https://a.example/git' }).token).toBe('keep');
    expect(changeSettings(gitea, { baseUrl: 'https://a.example' }, { baseUrl: 'https://b.example', token: 't' }).token).toEqual({
      set: 't',
    });
  });

  it('takes no token for a place that is not known', () => {
    expect(() => changeSettings(gitea, {}, { token: 't' })).toThrow(expect.objectContaining({ status: 422 }));
    expect(changeSettings(github, {}, { token: 't' }).token).toEqual({ set: 't' });
  });

  it.each([
    { baseUrl: 'ftp://a.example' },
    { baseUrl: 'https://user:pw@a.example' },
    { baseUrl: 'https://a.example?x=1' },
    { baseUrl: 'file:///srv' },
    { apiUrl: 'nonsense' },
    { cloneUrl: 'https://a.example/fixed.git' },
    { cloneUrl: 'https://{owner}.example/{name}.git' },
    { cloneUrl: 'https://a.example/{name}/{secret}.git' },
  ])('refuses %j', (change) => {
    expect(() => changeSettings(gitea, {}, change)).toThrow(expect.objectContaining({ status: 422 }));
  });
});

it('clones below the base, or from where the rewriting says', () => {
  const place = { baseUrl: 'https://a.example', fullName: 'acme/shop' };

  expect(cloneUrlOf(gitea, {}, place)).toBe('https://a.example/acme/shop.git');
  expect(cloneUrlOf(gitea, { cloneUrl: 'file:///srv/git/{owner}-{name}.git' }, place)).toBe('file:///srv/git/acme-shop.git');
  expect(cloneUrlOf(gitea, { cloneUrl: 'file:///srv/{owner}/{name}' }, { ...place, fullName: 'group/sub/shop' })).toBe(
    'file:///srv/group/sub/shop',
  );
});
