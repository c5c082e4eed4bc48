import { describe, expect, it } from '@jest/globals';
import { keptAnswer } from './kept-answer.ts';

const json = { 'content-type': 'application/json', location: '/x', 'x-other': '1' };
const kept = (body: unknown, secrets: string[] = []) =>
  JSON.parse(keptAnswer(201, json, Buffer.from(JSON.stringify(body)), secrets)!.body!.toString()) as unknown;

describe('what is kept of an answer', () => {
  it('is its status, its body and the headers that tell where it went', () => {
    expect(keptAnswer(201, json, Buffer.from('{"id":1}'))).toEqual({
      status: 201,
      headers: { 'content-type': 'application/json', location: '/x' },
      body: Buffer.from('{"id":1}'),
    });
  });

  it('is never a secret, at any depth', () => {
    expect(kept({ id: 1, secret: 's', list: [{ token: 't', name: 'n' }], url: 'u' }, ['url'])).toEqual({ id: 1, list: [{ name: 'n' }] });
  });

  it('is no body that cannot be searched for secrets', () => {
    expect(keptAnswer(200, { 'content-type': 'text/plain' }, Buffer.from('secret'))!.body).toBeUndefined();
    expect(keptAnswer(200, json, Buffer.from('{"secret"'))!.body).toBeUndefined();
  });

  it.each([400, 409, 429, 500])('is nothing of a %i: the next try is a first one', (status) => {
    expect(keptAnswer(status, json, undefined)).toBeUndefined();
  });
});
