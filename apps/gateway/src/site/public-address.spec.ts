import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../config.ts';
import { PublicAddress } from './public-address.ts';
import { securityHeaders } from './security-headers.ts';

const address = (fields: Partial<GatewayConfig>): PublicAddress =>
  new PublicAddress(Object.assign(new GatewayConfig(), { publicHosts: [], host: '0.0.0.0', ...fields }));

describe('the public address', () => {
  it('is the only host that is answered to', () => {
    const here = address({ publicUrl: 'https://sec.example.com', publicHosts: ['alias.example.com:8443'] });

    expect(['sec.example.com', 'SEC.example.com', 'alias.example.com:8443'].map((host) => here.isOwnHost(host))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['evil.example', 'sec.example.com:1', '127.0.0.1:443', undefined, ''].map((host) => here.isOwnHost(host))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('has the names of this machine when it is on loopback', () => {
    const here = address({ publicUrl: 'http://127.0.0.1:4000', host: '127.0.0.1' });

    expect(['127.0.0.1:4000', 'localhost:4000', '[::1]:4000'].map((host) => here.isOwnHost(host))).toEqual([true, true, true]);
    expect(here.isOwnHost('rebound.example:4000')).toBe(false);
  });

  it('tells our own pages from others', () => {
    const here = address({ publicUrl: 'https://sec.example.com' });

    expect(here.isOwnOrigin('https://sec.example.com')).toBe(true);
    expect(['http://sec.example.com', 'https://evil.example', 'null', undefined].map((origin) => here.isOwnOrigin(origin))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the headers of every answer', () => {
  it('let no script but ours run, and nobody frame us', () => {
    const headers = securityHeaders('/', false);

    expect(headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('cache-control');
  });

  it('bind browsers to TLS where there is TLS, and keep answers of the API out of caches', () => {
    expect(securityHeaders('/api/v1/me', true)).toMatchObject({
      'cache-control': 'no-store',
      'strict-transport-security': expect.stringContaining('max-age'),
    });
  });
});
