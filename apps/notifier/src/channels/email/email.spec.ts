import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { alertMessage } from '../../alerts/alert-message.ts';
import { deniedStory } from '../../alerts/fixtures/denied-push.ts';
import { hostileTexts } from '../../text/fixtures/hostile.ts';
import { renderingAt } from '../../rendering/fixtures/rendering.ts';
import { code, line, linked, strong } from '../message.ts';
import { email } from './email.ts';
import { EmailSettings } from './settings.ts';

const golden = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const at = (earlier: number) => renderingAt(new EmailSettings(), earlier);

describe('email', () => {
  it('tells a denied push as text and as HTML of equal content', () => {
    const mail = email.render(alertMessage(deniedStory()), at(0)) as { text: string; html: string };

    expect(mail.text).toBe(golden('denied-push.golden.txt'));
    expect(mail.html).toBe(golden('denied-push.golden.html'));
  });

  it('keeps subject and thread over the life of the alert', () => {
    const first = email.render(alertMessage(deniedStory()), at(0));
    const last = email.render(alertMessage(deniedStory({ state: 'resolved', priority: 'P3' })), at(1));

    expect(first).toMatchObject({
      subject: 'payments/shop main: change blocked',
      messageId: '<0199a0b1-0000-7000-8000-00000000000a.0@tl.example>',
    });
    expect(last).toMatchObject({
      subject: 'payments/shop main: change blocked',
      messageId: '<0199a0b1-0000-7000-8000-00000000000a.1@tl.example>',
      references: '<0199a0b1-0000-7000-8000-00000000000a.0@tl.example>',
      listId: '<shop.tl.example>',
    });
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text]))('keeps hostile text inert: %j', (_name, text) => {
    const sections = [{ title: text, lines: [line(text, code(text), strong(text), linked(text, text))] }];
    const mail = email.render({ ...alertMessage(deniedStory({ title: text })), sections }, at(0)) as {
      subject: string;
      text: string;
      html: string;
    };

    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html.match(/<script|<img|<svg|<table|javascript:[^<]*"|\son\w+=["']/gi)).toBeNull();
    expect(mail.text.split('\n').length).toBe(email.render({ ...alertMessage(deniedStory()), sections }, at(0)).text.split('\n').length);
  });

  it('sends a password only over TLS, and only to addresses that are addresses', () => {
    const settings = { host: 'mail.example', port: 25, security: 'none', from: 'tl@x.example', to: ['a@x.example'], user: 'tl' } as const;

    expect(email.fault({ ...settings, to: [...settings.to] }, { password: 'p' })).toMatch(/needs security/);
    expect(email.fault({ ...settings, to: ['a@x.example\r\nBcc: b@x.example'] }, {})).toMatch(/is not a mail address/);
  });
});
