import { beforeEach, describe, expect, it } from '@jest/globals';
import { GitFailed } from './git-failed.ts';
import { HostOutages } from './host-outages.ts';

const away = new GitFailed('fetch', 128, 'ended with 128: nobody answers', true);
const refused = new GitFailed('fetch', 128, 'ended with 128: no such repository');
const shop = 'https://git.example/team/shop.git';

describe('HostOutages', () => {
  let now = 0;
  let asked: string[] = [];
  let outages: HostOutages;

  beforeEach(() => {
    now = 0;
    asked = [];
    outages = new HostOutages(() => now);
  });

  const attempt = (answer: Error | 'here', url = shop): Promise<unknown> =>
    outages
      .attempt(url, () => {
        asked.push(url);
        return answer === 'here' ? Promise.resolve(answer) : Promise.reject(answer);
      })
      .catch((error: unknown) => error);

  it('tells of a host that is away without asking it again, whichever repository it is about', async () => {
    expect(await attempt(away)).toBe(away);
    expect(await attempt('here', 'https://git.example/other.git')).toBe(away);
    expect(await attempt('here', 'https://git.example:8443/other.git')).toBe('here');
    expect(asked).toEqual([shop, 'https://git.example:8443/other.git']);
  });

  it('leaves it alone for 1, 2, 4 and then always 5 seconds, and asks at once after it came back', async () => {
    const rests: number[] = [];
    for (let round = 0; round < 6; round++) {
      await attempt(away);
      const began = now;
      for (const known = asked.length; asked.length === known;) {
        now += 100;
        await attempt(away);
      }
      rests.push(now - began);
      // What was asked just now is the attempt of the next round.
      if (round < 5) asked = [];
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);

    now += 5_000;
    expect(await attempt('here')).toBe('here');
    expect(await attempt(away)).toBe(away);
    now += 1_000;
    expect(await attempt('here')).toBe('here');
  });

  it('lets one find out while the others are told what was so before', async () => {
    await attempt(away);
    now += 1_000;
    const answers = await Promise.all([attempt('here'), attempt('here'), attempt('here')]);

    expect(answers).toEqual(['here', away, away]);
    expect(asked).toHaveLength(2);
  });

  it('is refused before anything is asked for', async () => {
    await attempt(away);
    expect(() => outages.refuse('https://git.example/other.git')).toThrow(away);
    expect(() => outages.refuse('https://elsewhere.example/shop.git')).not.toThrow();
    now += 1_000;
    expect(() => outages.refuse(shop)).not.toThrow();
  });

  it('says for how long yet it is left alone, until it answers', async () => {
    expect(outages.restOf(shop)).toBeUndefined();
    await attempt(away);
    now += 400;
    expect(outages.restOf('https://git.example/other.git')).toBe(600);
    now += 1_000;
    expect(outages.restOf(shop)).toBe(0);
    await attempt('here');
    expect(outages.restOf(shop)).toBeUndefined();
  });

  it('counts every other answer as one of the host', async () => {
    expect(await attempt(refused)).toBe(refused);
    expect(await attempt(refused)).toBe(refused);
    expect(asked).toHaveLength(2);
  });

  it('keeps a thousand hosts and forgets the oldest', async () => {
    for (let host = 0; host <= 1_000; host++) await attempt(away, `https://h${host}.example/x`);
    expect(await attempt('here', 'https://h1.example/x')).toBe(away);
    expect(await attempt('here', 'https://h0.example/x')).toBe('here');
  });
});
