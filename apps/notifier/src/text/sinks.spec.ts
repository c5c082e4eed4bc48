import { describe, expect, it } from '@jest/globals';
import { mailAtom, mailHeader } from './mail-header.ts';
import { hostileTexts } from './fixtures/hostile.ts';
import { html, htmlLink } from './html.ts';
import { inert, safeHref, shorten } from './inert.ts';
import { json } from './json.ts';
import { markdown, markdownCode, markdownLink } from './markdown.ts';
import { mrkdwn, mrkdwnCode, mrkdwnLink, mrkdwnStrong, slackHeader } from './mrkdwn.ts';
import { plain, plainLink } from './plain.ts';

// eslint-disable-next-line no-control-regex -- what must not be left
const acting = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff](?![\udc00-\udfff])/;
const withoutPairs = (text: string): string => text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '');

const sinks: Readonly<Record<string, (text: string) => string>> = {
  mrkdwn,
  mrkdwnStrong,
  mrkdwnCode,
  slackHeader,
  mrkdwnLink: (text) => mrkdwnLink(text, 'https://tl.example/x'),
  markdownCode,
  html,
  htmlLink: (text) => htmlLink(text, 'https://tl.example/x'),
  plain,
  plainLink: (text) => plainLink(text, 'https://tl.example/x'),
  mailHeader,
  mailAtom,
  json: (text) => json({ text }),
};

describe('what every sink does with hostile text', () => {
  it.each(Object.keys(sinks))('%s leaves no character that acts instead of showing', (name) => {
    for (const text of hostileTexts) expect(withoutPairs(sinks[name]!(text))).not.toMatch(acting);
  });

  it.each(['mrkdwn', 'mrkdwnStrong', 'mrkdwnCode', 'slackHeader'])('%s lets nothing start a mention or a link', (name) => {
    for (const text of hostileTexts) expect(sinks[name]!(text)).not.toMatch(/[<>]/);
  });

  it('mrkdwnLink has one link, to where we said', () => {
    for (const text of hostileTexts) expect(sinks['mrkdwnLink']!(text)).toMatch(/^<https:\/\/tl\.example\/x\|[^<>|]*>$/);
  });

  it.each(['html'])('%s lets no tag, attribute or entity of the text through', (name) => {
    for (const text of hostileTexts) expect(sinks[name]!(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;|#96;)/);
  });

  it('markdown starts no markup, HTML, mention, reference or link', () => {
    for (const text of hostileTexts) {
      expect(markdown(text)).not.toMatch(/[<>]|(?<!\\)[`*_[\]|~]|[@#!][\w{[]|:\/\//);
      expect(markdownCode(text)).not.toMatch(/^`.*`.*`$/);
      expect(markdownLink(text, 'https://tl.example/a_b')).toMatch(/\]\(https:\/\/tl\.example\/a%5Fb\)$/);
    }
  });

  it.each([
    ['@octo', '@\u200bocto'],
    ['owner/repo#12', 'owner/repo#\u200b12'],
    ['see !7 ~bug %1.0 $3 &4', 'see !\u200b7 \\~\u200bbug %\u200b1.0 $\u200b3 &amp;\u200b4'],
    ['https://evil.example', 'https:\u200b//evil.example'],
    ['www.evil.example', 'www.\u200bevil.example'],
    ['a_b *c* 1.2.3 C# 100 %', 'a\\_b \\*c\\* 1.2.3 C# 100 %'],
  ])('markdown shows %j as it is', (text, written) => {
    expect(markdown(text)).toBe(written);
  });

  it('a header stays one header', () => {
    for (const text of hostileTexts) {
      expect(mailHeader(text)).not.toMatch(/[\r\n]/);
      expect(mailHeader(text).length).toBeLessThanOrEqual(180);
      expect(mailAtom(text)).toMatch(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/);
    }
  });

  it('json gives the text back unchanged', () => {
    for (const text of hostileTexts) expect(JSON.parse(json({ text }))).toEqual({ text });
  });
});

describe('inert', () => {
  it('shows what would act unseen', () => {
    expect(inert('a\u202eb\u0000c')).toBe('a\\u{202e}b\\u{0}c');
  });

  it('keeps scripts and joined emoji as they are', () => {
    expect(inert('🧑‍💻 日本語 عربي é')).toBe('🧑‍💻 日本語 عربي é');
  });

  it('makes one line of several', () => {
    expect(inert('one\r\n  two\tthree')).toBe('one two three');
  });
});

describe('shorten', () => {
  it('never cuts a character in half', () => {
    expect(shorten('ab😀cd', 4)).toBe('ab…');
  });

  it('leaves what fits', () => {
    expect(shorten('abcd', 4)).toBe('abcd');
  });
});

describe('safeHref', () => {
  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    ' https://x\u0000',
    'https://u:p@x',
    'nonsense',
    '//x',
  ])('is no link: %j', (address) => {
    expect(safeHref(address)).toBeUndefined();
  });

  it.each(['https://x.example/a?b=c#d', 'http://x.example/', 'mailto:a@x.example'])('is a link: %s', (address) => {
    expect(safeHref(address)).toBe(address);
  });
});
