import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsOptional, Min } from 'class-validator';
import { Env } from './env.ts';
import { ConfigRefused, readConfig } from './read-config.ts';
import { ServiceConfig } from './service-config.ts';

class LedgerConfig extends ServiceConfig {
  @Env('WORKERS', { default: '2' }) @Min(1) workers: number;
  @Env('STRICT', { default: 'false' }) strict: boolean;
  @Env('ROOTS', { default: '' }) roots: string[];
  @Env('API_KEY', { secret: true }) @IsOptional() apiKey?: string;
  @Env('PORT', { default: '4001' }) override port: number;
}

const given = { DATABASE_URL: 'postgres://a', IDENTITY_PRIVATE_KEY_FILE: '/k', IDENTITY_PUBLIC_KEYS_FILE: '/p', KEK_FILE: '/e' };
const read = (env: Record<string, string | undefined> = {}): LedgerConfig => readConfig('ledger', LedgerConfig, { ...given, ...env });

describe('a configuration', () => {
  it('is read into the types of its fields, with defaults', () => {
    const config = read({ STRICT: 'true', ROOTS: '/a, /b,', LEDGER_URL: 'http://127.0.0.1:1' });

    expect(config).toMatchObject({ serviceName: 'ledger', workers: 2, strict: true, roots: ['/a', '/b'], port: 4001, host: '127.0.0.1' });
    expect(config.urlOf('ledger')).toBe('http://127.0.0.1:1');
  });

  it('names every variable that is missing or wrong, and shows no value', () => {
    const reading = (): unknown => read({ DATABASE_URL: '', WORKERS: '0', PORT: 'http', STRICT: 'maybe-hunter2' });

    expect(reading).toThrow(ConfigRefused);
    expect(reading).toThrow(/DATABASE_URL is missing/);
    for (const name of ['WORKERS', 'PORT', 'STRICT']) expect(reading).toThrow(new RegExp(name));
    expect(reading).not.toThrow(/hunter2/);
  });

  it('takes a secret from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-config-'));
    const file = join(folder, 'key');
    writeFileSync(file, 'from-file\n');

    const { apiKey } = read({ API_KEY_FILE: file });
    rmSync(folder, { recursive: true });

    expect(apiKey).toBe('from-file');
  });

  it.each([
    ['0.0.0.0 alone', { HOST: '0.0.0.0' }, false],
    ['a name alone', { HOST: 'example.com' }, false],
    ['0.0.0.0 behind a named proxy', { HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.1' }, true],
    ['0.0.0.0 with TLS', { HOST: '0.0.0.0', TLS_CERT_FILE: '/c', TLS_KEY_FILE: '/k' }, true],
    ['loopback', { HOST: '::1' }, true],
  ])('lets a service listen on %s or refuses with the remedy', (_where, env, allowed) => {
    if (allowed) expect(() => read(env)).not.toThrow();
    else expect(() => read(env)).toThrow(/TLS_CERT_FILE/);
  });

  it('shows nothing of itself', () => {
    expect(JSON.stringify(read({ API_KEY: 'hunter2' }))).toBe('{"config":"ledger"}');
  });
});
