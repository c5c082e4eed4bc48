import { describe, expect, it } from '@jest/globals';
import { alertMessage } from '../alerts/alert-message.ts';
import { deniedDecision, deniedStory } from '../alerts/fixtures/denied-push.ts';
import type { AlertStory } from '../alerts/story.ts';
import { decidedStatus } from '../statuses/status-message.ts';
import { hostileTexts } from '../text/fixtures/hostile.ts';
import { eventBody } from './event-message.ts';
import { mailMessage } from './mail-message.ts';
import { slackLimits, slackMessage } from './slack-message.ts';

/** The denied push with one text in every field that somebody else wrote. */
function storyOf(text: string): AlertStory {
  const decision = deniedDecision();
  const reasons = decision.reasons.map((reason) => ({
    ...reason,
    policy: text,
    message: text,
    fix: text,
    findings: reason.findings.map((finding) => ({ ...finding, title: text, place: text, purl: text, fixedIn: text, cve: text })),
  }));
  return deniedStory({
    title: text,
    acknowledgedBy: text,
    state: 'acknowledged',
    change: { ...deniedStory().change, line: text, by: text, name: text, url: text },
    application: { name: text, team: text, tier: text, exposure: text, runbook: text },
    decisions: [deniedDecision({ reasons, missing: [text], tolerance: text, decision: text })],
    fixes: [{ proposal: text, package: text, from: text, to: text, findings: ['f-1'] }],
  });
}

const cases = hostileTexts.map((text) => [text.slice(0, 60), text] as const);

/** Places of our own that a message may link to. */
const ours = String.raw`https:\/\/tl\.example\/`;

describe('every field of foreign origin, in every sink', () => {
  it.each(cases)('starts nothing in Slack: %j', (_name, text) => {
    const { text: phone, blocks } = slackMessage(alertMessage(storyOf(text)));

    for (const shown of [phone, ...blocks.flatMap((block) => textsOf(block))]) {
      expect(shown).not.toMatch(new RegExp(`<(?!${ours}[^<>|]*\\|[^<>|]*>)`));
    }
    expect(blocks.length).toBeLessThanOrEqual(slackLimits.blocks);
  });

  it.each(cases)('adds no markup and no line to a mail: %j', (_name, text) => {
    const { subject, html } = mailMessage(alertMessage(storyOf(text)));

    const tags = [...html.matchAll(/<\/?([a-z0-9!-]+)([^>]*)>/gi)];
    expect(new Set(tags.map((tag) => tag[1]!.toLowerCase()))).toEqual(
      new Set(['!doctype', 'html', 'head', 'meta', 'title', 'body', 'h1', 'h2', 'p', 'strong', 'code', 'ul', 'ol', 'li', 'a', 'small']),
    );
    for (const [, , attributes] of tags.filter((tag) => tag[1] === 'a')) {
      if (attributes !== '') expect(attributes).toMatch(/^ href="(?:https?|mailto):[^"<>\s]*" rel="noreferrer noopener"$/);
    }
    expect(subject).not.toMatch(/[\r\n]/);
  });

  it.each(cases)('stays data in an event and one line in a status: %j', (_name, text) => {
    const story = storyOf(text);
    const event = JSON.parse(eventBody(alertMessage(story), 'alert.opened', new Date(0))) as { data: { title: string } };

    expect(event.data.title).toBe(text);
    expect(decidedStatus(story.decisions[0]!, 'https://tl.example').description).not.toMatch(/^(?:Passed|Pending)/);
  });
});

function textsOf(block: ReturnType<typeof slackMessage>['blocks'][number]): readonly string[] {
  if (block.type === 'divider') return [];
  return block.type === 'context' ? block.elements.map((element) => element.text) : [block.text.text];
}
