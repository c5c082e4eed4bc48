import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { alertMessage } from '../../alerts/alert-message.ts';
import { deniedStory } from '../../alerts/fixtures/denied-push.ts';
import { hostileTexts } from '../../text/fixtures/hostile.ts';
import { code, line, strong, type AlertMessage } from '../message.ts';
import { renderingAt } from '../../rendering/fixtures/rendering.ts';
import { slackLimits } from '../../rendering/slack-message.ts';
import { slack, SlackSettings } from './slack.ts';

const at = renderingAt(new SlackSettings());
const golden = (name: string): unknown => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'));

describe('slack', () => {
  it('tells a denied push with nine findings in one message', () => {
    expect(slack.render(alertMessage(deniedStory()), at)).toEqual(golden('denied-push.golden.json'));
  });

  it('tells that it is over in the same place', () => {
    const story = deniedStory({ state: 'resolved', resolution: 'Passed at 5d20f11' });

    expect(slack.render(alertMessage(story), at)).toEqual(golden('resolved.golden.json'));
  });

  it('keeps within the limits of Block Kit, whatever comes', () => {
    const long = 'x'.repeat(5000);
    const lines = Array.from({ length: 400 }, (_, index) =>
      line(`${index} `, code(long.slice(0, 1000 + index)), strong('&<>'.repeat(900))),
    );
    const message: AlertMessage = { ...alertMessage(deniedStory()), headline: long, summary: long, sections: [{ title: long, lines }] };

    const { text, blocks } = slack.render(message, at) as { text: string; blocks: readonly { type: string; text?: { text: string } }[] };

    expect(text.length).toBeLessThanOrEqual(slackLimits.text);
    expect(blocks.length).toBe(slackLimits.blocks);
    for (const block of blocks) {
      if (block.type === 'header') expect(block.text!.text.length).toBeLessThanOrEqual(slackLimits.header);
      if (block.type === 'section') expect(block.text!.text.length).toBeLessThanOrEqual(slackLimits.section);
    }
    expect(JSON.stringify(blocks)).toContain('more parts do not fit here');
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text]))('keeps hostile text inert: %j', (_name, text) => {
    const story = deniedStory({ title: text, change: { ...deniedStory().change, by: text, line: `refs/heads/${text}` } });

    const payload = JSON.stringify(
      slack.render({ ...alertMessage(story), sections: [{ title: text, lines: [line(text, code(text), strong(text))] }] }, at),
    );

    expect(payload).not.toMatch(/<(?!https:\/\/(?:tl|wiki)\.example\/)/);
  });

  it('says what is missing before anything is saved', () => {
    expect(slack.fault({ mode: 'web-api' }, { token: 'xoxb-1' })).toMatch(/settings\.channel is missing/);
    expect(slack.fault({ mode: 'incoming-webhook' }, {})).toMatch(/secrets\.webhookUrl is missing/);
  });
});
