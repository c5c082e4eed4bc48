import { describe, expect, it } from '@jest/globals';
import { gitEnvironment, schemeOf } from './profile.ts';

const home = { empty: '/srv/work/empty' };

/** The settings that git gets by the environment. */
function settings(environment: Record<string, string>): Record<string, string> {
  const count = Number(environment['GIT_CONFIG_COUNT']);
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [environment[`GIT_CONFIG_KEY_${i}`]!, environment[`GIT_CONFIG_VALUE_${i}`]!]),
  );
}

describe('gitEnvironment', () => {
  it('binds the credential to the origin of the address, in the environment only', () => {
    const environment = gitEnvironment(home, { url: 'https://git.example:8443/team/shop.git', authorization: 'Bearer t' });

    expect(settings(environment)).toMatchObject({ 'http.https://git.example:8443/.extraHeader': 'Authorization: Bearer t' });
    expect(environment['GIT_ALLOW_PROTOCOL']).toBe('https');
  });

  it('lets a process without an origin reach nothing', () => {
    expect(gitEnvironment(home)['GIT_ALLOW_PROTOCOL']).toBe('none');
  });

  it('reads no settings of the machine and runs no hooks, filters or helpers', () => {
    const environment = gitEnvironment(home);

    expect(environment).toMatchObject({
      HOME: '/srv/work/empty',
      GIT_CEILING_DIRECTORIES: '/srv/work',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
    });
    expect(settings(environment)).toMatchObject({
      'core.hooksPath': '/dev/null',
      'core.fsmonitor': 'false',
      'core.symlinks': 'false',
      'safe.bareRepository': 'explicit',
      'http.followRedirects': 'false',
      'fetch.fsckObjects': 'true',
    });
  });

  it('goes through the proxy of the operator', () => {
    const environment = gitEnvironment(home, { url: 'https://git.example/x.git', proxy: 'http://127.0.0.1:3128' });

    expect(settings(environment)).toMatchObject({ 'http.proxy': 'http://127.0.0.1:3128', 'http.proxyAuthMethod': 'basic' });
  });
});

describe('schemeOf', () => {
  it.each([
    'ext::sh -c touch% /tmp/x',
    'ssh://git.example/x',
    'git://git.example/x',
    'ftp://x/y',
    '/srv/x',
    'file://host/srv/x',
    'https://user:pw@git.example/x',
    '--upload-pack=x',
  ])('refuses %s', (url) => {
    expect(() => schemeOf(url)).toThrow(expect.objectContaining({ code: 'origin_refused' }));
  });
});
