import { describe, expect, it } from '@jest/globals';
import { Log } from './log.ts';
import { maskSecrets, redact, redactText } from './redact.ts';

describe('what is logged', () => {
  it('hides fields whose name speaks of a secret, at any depth', () => {
    const fields = { name: 'a', apiToken: 'x', nested: [{ Authorization: 'y', set_cookie: 'z' }] };

    expect(redact(fields)).toEqual({
      name: 'a',
      apiToken: '[redacted]',
      nested: [{ Authorization: '[redacted]', set_cookie: '[redacted]' }],
    });
  });

  it.each([
    ['a token of ours', `failed with tl_${'a'.repeat(43)}`, 'failed with tl_[redacted]'],
    ['a password in an address', 'cannot reach postgres://ledger:hunter2@127.0.0.1/x', 'cannot reach postgres://[redacted]@127.0.0.1/x'],
    ['a signed identity', 'sent eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl', 'sent [redacted jwt]'],
    ['an authorization value', 'header Basic dXNlcjpwYXNz rejected', 'header Basic [redacted] rejected'],
  ])('hides %s in any text', (_what, text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  it('shows an error with its cause, and cuts what is long or deep', () => {
    const error = new Error('outer', { cause: new TypeError('inner') });
    const deep = JSON.parse('{"a":'.repeat(20) + '1' + '}'.repeat(20)) as unknown;

    expect(redact(error)).toMatchObject({ type: 'Error', message: 'outer', cause: { type: 'TypeError', message: 'inner' } });
    expect(JSON.stringify(redact(deep))).toContain('[deep]');
    expect(redactText('x'.repeat(10_000)).length).toBeLessThan(4_100);
  });

  it('is a line of JSON with its service', () => {
    const lines: string[] = [];
    const log = Log.to({ write: (line: string) => void lines.push(line) }, 'ledger');

    log.info({ chain: 'c1', password: 'hunter2' }, 'applied');

    expect(JSON.parse(lines[0]!)).toMatchObject({ service: 'ledger', chain: 'c1', password: '[redacted]', msg: 'applied' });
  });
});

describe('masking a payload that people read', () => {
  it('takes out what is a secret by its form, and what is one by the name of its field', () => {
    const payload = JSON.stringify({
      title: 'rotate the token',
      note: `uses ${'ghp_'}${'a1'.repeat(18)} and https://ada:hunter2@git.example/x`,
      settings: { apiToken: 'se"cret', region: 'eu' },
      key: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----',
    });

    const masked = maskSecrets(payload);

    expect(JSON.parse(masked)).toEqual({
      title: 'rotate the token',
      note: 'uses [redacted token] and https://[redacted]@git.example/x',
      settings: { apiToken: '[redacted]', region: 'eu' },
      key: '[redacted private key]',
    });
  });

  it('leaves alone what is none', () => {
    const payload = '{"repository":"git.example/a/b","commits":[{"title":"basic things"}]}';

    expect(maskSecrets(payload)).toBe(payload);
  });
});
