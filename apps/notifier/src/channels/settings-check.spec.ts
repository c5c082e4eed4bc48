import { describe, expect, it } from '@jest/globals';
import { email } from './email/email.ts';
import { checkSettings, foreignRecipients } from './settings-check.ts';
import { slack } from './slack/slack.ts';
import { webhook } from './webhook/webhook.ts';

const api = { mode: 'web-api', channel: 'C1' };
const stored = { settings: api, secrets: { token: 'xoxb-stored' } };

describe('checkSettings', () => {
  it('keeps a secret that is not given', () => {
    expect(checkSettings(slack, { settings: { ...api, channel: 'C2' } }, stored)).toMatchObject({
      faults: [],
      secrets: { token: 'xoxb-stored' },
    });
  });

  it.each([
    ['another host', { ...api, apiUrl: 'https://evil.example/api' }],
    ['another scheme', { ...api, apiUrl: 'http://slack.com/api' }],
    ['another port', { ...api, apiUrl: 'https://slack.com:8443/api' }],
  ])('drops a stored secret when the settings lead to %s', (_what, settings) => {
    expect(checkSettings(slack, { settings }, stored)).toMatchObject({ faults: [{ detail: expect.stringContaining('token is missing') }] });
  });

  it('takes a secret out that is null', () => {
    expect(checkSettings(slack, { settings: api, secrets: { token: null } }, stored).faults).toHaveLength(1);
  });

  it('names each field that is wrong or unknown', () => {
    const { faults } = checkSettings(slack, { settings: { mode: 'pigeon', token: 'x' } }, undefined);

    expect(faults.map(({ pointer }) => pointer).sort()).toEqual(['/settings/mode', '/settings/token']);
  });

  it('refuses secrets of the wrong kind', () => {
    expect(
      checkSettings(webhook, { settings: { url: 'https://x.example' }, secrets: { signing: 'whsec_x' } }, undefined).faults[0]!.pointer,
    ).toBe('/secrets/signing');
  });
});

describe('foreignRecipients', () => {
  it('are addresses outside the domains that the operator allows', () => {
    const settings = { to: ['a@corp.example', 'b@Corp.Example', 'c@evil.example', 'd@corp.example.evil.example'] };

    expect(foreignRecipients(email, settings, ['corp.example'])).toEqual(['c@evil.example', 'd@corp.example.evil.example']);
    expect(foreignRecipients(email, settings, [])).toEqual([]);
  });
});
