import { describe, expect, it } from '@jest/globals';
import { requestHeaders, responseHeaders } from './headers.ts';

describe('headers on their way to a service', () => {
  it('are passed on as they came, with ours', () => {
    const passed = requestHeaders(
      { 'x-hub-signature-256': 'sha256=1', accept: ['a', 'b'], 'if-match': '"1"' },
      { authorization: 'Bearer ours' },
    );

    expect(passed).toEqual({ 'x-hub-signature-256': 'sha256=1', accept: ['a', 'b'], 'if-match': '"1"', authorization: 'Bearer ours' });
  });

  it('lose what only we may say, what belongs to the connection, and what the connection names', () => {
    const forged = {
      authorization: 'Bearer tl_x',
      cookie: 'throughline=x',
      host: 'evil',
      'x-throughline-on-behalf-of': 'x',
      'x-forwarded-for': '1.1.1.1',
      forwarded: 'for=1',
      traceparent: '00-',
      'transfer-encoding': 'chunked',
      'content-length': '1',
      connection: 'keep-alive, X-Smuggled',
      'x-smuggled': '1',
      expect: '100-continue',
    };

    expect(requestHeaders(forged, {})).toEqual({});
  });
});

describe('headers on their way back', () => {
  it('set no cookie and tell nothing of the connection inside', () => {
    const passed = responseHeaders({
      etag: '"1"',
      'set-cookie': ['a=b'],
      connection: 'keep-alive',
      'keep-alive': '5',
      'content-type': 'application/json',
    });

    expect(passed).toEqual({ etag: '"1"', 'content-type': 'application/json' });
  });
});
