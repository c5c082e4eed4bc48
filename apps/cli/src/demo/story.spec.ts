import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Chain, ChainNode } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { followChain } from './story.ts';

const pushed = hop('change.pushed', '00');
const pending = hop('delivery.succeeded', '01');
const evaluated = hop('findings.evaluated', '02');
const decided = hop('decision.made', '03');
const told = hop('delivery.succeeded', '04');

function hop(kind: string, second: string): ChainNode {
  const time = `2026-11-23T10:00:${second}.000Z`;
  return {
    id: `${kind} ${second}`,
    kind,
    subject: 'acme/shop@c0ffee',
    title: kind,
    service: 'chain',
    status: 'done',
    time,
    traceId: null,
    summary: {},
  };
}

/** An API whose chain grows by an answer each time it is asked, and stays as the last one is. Each takes ten seconds. */
function apiWith(...answers: readonly (readonly ChainNode[])[]): Api {
  let asked = -1;
  return {
    find: () => {
      jest.setSystemTime(Date.now() + 10_000);
      asked = Math.min(asked + 1, answers.length - 1);
      return Promise.resolve({ id: 'the chain', nodes: answers[asked] } as unknown as Chain);
    },
  } as unknown as Api;
}

describe('the story of a push', () => {
  let printed: string[];

  beforeEach(() => {
    printed = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    jest.useFakeTimers({ now: Date.parse(pushed.time!), doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('goes on past the check that says "pending", however long nothing else happens', async () => {
    const scanning = [pushed, pending];

    const chain = await followChain(apiWith(scanning, scanning, scanning, [...scanning, evaluated, decided, told]), 'c0ffee');

    expect(chain).toBe('the chain');
    expect(printed.map((line) => /chain\s+(\S+)/.exec(line)![1])).toEqual([
      'change.pushed',
      'delivery.succeeded',
      'findings.evaluated',
      'decision.made',
      'delivery.succeeded',
    ]);
  });

  it('ends two minutes after it began where no decision comes', async () => {
    const chain = await followChain(apiWith([pushed, pending]), 'c0ffee');

    expect(chain).toBe('the chain');
    expect(Date.now() - Date.parse(pushed.time!)).toBe(120_000);
  });
});
