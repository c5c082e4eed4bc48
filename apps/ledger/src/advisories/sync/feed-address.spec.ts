import { describe, expect, it } from '@jest/globals';
import { feedAddress } from './feed-address.ts';
import { isHeld } from './feed-content.ts';

const rules = { outboundAllow: ['http://mirror.example:8080'], roots: ['/srv/feeds'] };

describe('the address of a feed', () => {
  it.each(['https://osv.example/npm/all.zip', 'http://mirror.example:8080/all.zip', 'file:///srv/feeds/npm/all.zip'])(
    'may be %s',
    (url) => {
      expect(feedAddress(url, rules).href).toBe(url);
    },
  );

  it.each([
    ['http://osv.example/all.zip', 'not https'],
    ['http://mirror.example/all.zip', 'not https'],
    ['https://me:secret@osv.example/all.zip', 'credentials'],
    ['ftp://osv.example/all.zip', 'neither https nor file'],
    ['file:///etc/passwd', 'not below'],
    ['file:///srv/feeds/../../etc/passwd', 'not below'],
    ['file:///srv/feeds', 'not below'],
    ['file:///srv/feeds%2f..%2fx', 'no file of this machine'],
    ['file://host/srv/feeds/all.zip', 'no file of this machine'],
    ['all.zip', 'no address'],
  ])('may not be %s', (url, why) => {
    expect(() => feedAddress(url, rules)).toThrow(why);
  });

  it('may be no file where the operator names no folder', () => {
    expect(() => feedAddress('file:///srv/feeds/all.zip', { ...rules, roots: [] })).toThrow('FEED_FILE_ROOTS');
  });
});

describe('a sync', () => {
  it.each([
    [0, 0, 0, false],
    [5, 0, 100, false],
    [3, 3, 100, true],
    [6, 0, 100, true],
    [1, 0, 10, true],
  ])('that withdraws %i and changes %i of %i is held: %s', (withdraws, reranges, standing, held) => {
    expect(isHeld({ withdraws, reranges, standing })).toBe(held);
  });
});
