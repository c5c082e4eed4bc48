import { describe, expect, it } from '@jest/globals';
import { cookieName, cookieOf, sessionCookie } from './cookie.ts';

const plain = cookieName(new URL('http://127.0.0.1:4000'));
const secure = cookieName(new URL('https://sec.example.com'));

describe('the session cookie', () => {
  it('is out of reach for scripts and for other sites', () => {
    expect(sessionCookie(plain, 'abc', 60)).toBe('throughline-4000=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60');
  });

  it('is bound to this host over TLS', () => {
    expect(sessionCookie(secure, 'abc', 60)).toBe('__Host-throughline=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure');
  });

  it('goes away', () => {
    expect(sessionCookie(plain, '', 60)).toContain('Max-Age=0');
  });

  it.each([
    ['throughline-4000=abc', 'abc'],
    ['a=1; throughline-4000=abc=; b=2', 'abc='],
    ['throughline-4000=', undefined],
    ['xthroughline-4000=abc', undefined],
    ['throughline-4000', undefined],
    ['throughline-4001=abc', undefined],
    [undefined, undefined],
  ])('is found in %j', (header, value) => {
    expect(cookieOf(header, plain)).toBe(value);
  });
});
