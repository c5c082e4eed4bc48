import { describe, expect, it } from '@jest/globals';
import { ServiceAway } from '@throughline/service';
import { SendFailed } from '../channels/channel.ts';
import { webhook } from '../channels/webhook/webhook.ts';
import { AddressRefused, OutboundFailed } from '@throughline/service';
import { outcomeOf } from './outcome.ts';

const never = (): number => 0;

describe('outcomeOf', () => {
  it('keeps the schedule of Standard Webhooks, then gives up', () => {
    const failed = new SendFailed('not_sent', 'the receiver answered 500');
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((attempt) => outcomeOf(failed, attempt, webhook.delays, never));

    expect(waits.map((outcome) => (outcome.state === 'retrying' ? outcome.afterMs / 1000 : outcome.state))).toEqual([
      5,
      5 * 60,
      30 * 60,
      2 * 3600,
      5 * 3600,
      10 * 3600,
      14 * 3600,
      20 * 3600,
      24 * 3600,
      'dead',
    ]);
  });

  it('waits a little longer by chance, never shorter', () => {
    expect(outcomeOf(new SendFailed('not_sent', 'x'), 1, [100], () => 0.999)).toMatchObject({ afterMs: expect.closeTo(104_995, -1) });
  });

  it('waits as long as the receiver asks', () => {
    expect(outcomeOf(new SendFailed('not_sent', 'x', 90_000), 1, [5], never)).toMatchObject({ afterMs: 90_000 });
  });

  it.each([
    [new SendFailed('refused', 'x'), { state: 'dead' }],
    [new SendFailed('unknown', 'x'), { state: 'retrying', uncertain: true }],
    [new AddressRefused('x'), { state: 'dead' }],
    [new OutboundFailed('x', false), { state: 'retrying', uncertain: false }],
    [new OutboundFailed('x', true), { state: 'retrying', uncertain: true }],
    [new ServiceAway('ingest', 'x'), { state: 'retrying', uncertain: false }],
    [new TypeError('x'), { state: 'retrying', uncertain: true }],
  ])('of %p is %p', (error, outcome) => {
    expect(outcomeOf(error, 1, [5], never)).toMatchObject(outcome);
  });
});
