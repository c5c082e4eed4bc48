import { createHmac } from 'node:crypto';
import { signedWith } from './hmac.ts';

const body = Buffer.from('{"ref":"refs/heads/main"}');
const sign = (secret: string): string => createHmac('sha256', secret).update(body).digest('hex');

describe('signedWith', () => {
  it('names the secret that signed', () => {
    expect(signedWith(['first', 'second'], body, sign('first'))).toBe(0);
    expect(signedWith(['first', 'second'], body, sign('second'))).toBe(1);
  });

  it('takes upper-case hex', () => {
    expect(signedWith(['first'], body, sign('first').toUpperCase())).toBe(0);
  });

  it.each([
    ['another secret', sign('third')],
    ['no signature', undefined],
    ['an empty one', ''],
    ['a SHA-1', 'a'.repeat(40)],
    ['one that is too long', `${sign('first')}00`],
    ['no hex', 'z'.repeat(64)],
  ])('knows none for %s', (_what, signature) => {
    expect(signedWith(['first', 'second'], body, signature)).toBeUndefined();
  });

  it('never accepts an empty secret', () => {
    expect(signedWith([''], body, sign(''))).toBeUndefined();
  });

  it('covers every byte of the body', () => {
    expect(signedWith(['first'], Buffer.concat([body, Buffer.from(' ')]), sign('first'))).toBeUndefined();
  });
});
