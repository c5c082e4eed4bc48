import { describe, expect, it } from '@jest/globals';
import { cookieName, cookieOf, sessionCookie } from './cookie.ts';

describe('the session cookie', () => {
  it('is out of reach for scripts and for other sites', () => {
    expect(sessionCookie('abc', false, 60)).toBe('throughline=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60');
  });

  it('is bound to this host over TLS', () => {
    expect(sessionCookie('abc', true, 60)).toBe('__Host-throughline=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure');
  });

  it('goes away', () => {
    expect(sessionCookie('', false, 60)).toContain('Max-Age=0');
  });

  it.each([
    ['throughline=abc', 'abc'],
    ['a=1; throughline=abc=; b=2', 'abc='],
    ['throughline=', undefined],
    ['xthroughline=abc', undefined],
    ['throughline', undefined],
    [undefined, undefined],
  ])('is found in %j', (header, value) => {
    expect(cookieOf(header, cookieName(false))).toBe(value);
  });
});
