import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { alertMessage } from '../../alerts/alert-message.ts';
import { deniedStory } from '../../alerts/fixtures/denied-push.ts';
import { hostileTexts } from '../../text/fixtures/hostile.ts';
import { renderingAt } from '../../rendering/fixtures/rendering.ts';
import { line } from '../message.ts';
import { signedHeaders } from './signature.ts';
import { webhook } from './webhook.ts';

const first = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const second = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const at = renderingAt({ url: 'https://hooks.example/in' });

describe('webhook', () => {
  it('tells a denied push as an event', () => {
    const golden: unknown = JSON.parse(readFileSync(new URL('./fixtures/denied-push.golden.json', import.meta.url), 'utf8'));

    expect(JSON.parse(webhook.render(alertMessage(deniedStory()), at))).toEqual(golden);
  });

  it('is signed so that the reference library accepts it with either active secret', () => {
    const body = webhook.render(alertMessage(deniedStory()), at);
    const headers = signedHeaders('msg_1', new Date(), body, [first, second]);

    expect(new Webhook(first).verify(body, headers)).toMatchObject({ type: 'alert.opened' });
    expect(new Webhook(second).verify(body, headers)).toMatchObject({ type: 'alert.opened' });
    expect(() => new Webhook(`whsec_${Buffer.alloc(24, 9).toString('base64')}`).verify(body, headers)).toThrow();
    expect(() => new Webhook(first).verify(`${body} `, headers)).toThrow();
  });

  it('signs as the reference library signs', () => {
    const time = new Date('2026-11-17T14:58:04Z');

    expect(signedHeaders('msg_1', time, '{}', [first])['webhook-signature']).toBe(new Webhook(first).sign('msg_1', time, '{}'));
  });

  it('keeps a body below 20 kB and says what it left out', () => {
    const lines = Array.from({ length: 100 }, () => line('x'.repeat(400)));
    const message = {
      ...alertMessage(deniedStory()),
      sections: [
        { title: 'small', lines: [line('kept')] },
        { title: 'large', lines },
      ],
    };

    const body = webhook.render(message, at);

    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(JSON.parse(body)).toMatchObject({ data: { sections: [{ title: 'small', lines: ['kept'] }], sectionsLeftOut: 1 } });
  });

  it('hands hostile text on unchanged, as data', () => {
    for (const text of hostileTexts.filter((candidate) => candidate.length < 2000)) {
      const body = webhook.render({ ...alertMessage(deniedStory()), summary: text }, at);

      expect((JSON.parse(body) as { data: { summary: string } }).data.summary).toBe(text);
    }
  });

  it('follows the schedule of Standard Webhooks', () => {
    expect(webhook.delays).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it.each([
    ['ftp://x.example', first],
    ['https://u:p@x.example', first],
    ['https://x.example', 'whsec_c2hvcnQ='],
    ['https://x.example', 'secret'],
  ])('refuses %s with %s', (url, secret) => {
    expect(webhook.fault({ url }, { signing: [secret] })).toBeDefined();
  });
});
