import { describe, expect, it } from '@jest/globals';
import type { Producer } from 'kafkajs';
import type { KafkaConnection } from '../kafka/kafka-connection.ts';
import type { Measures } from '../measures.ts';
import { FactSender } from './fact-sender.ts';
import type { OutboxFact } from './outbox-rows.ts';

const fact: OutboxFact = {
  position: '1',
  topic: 'throughline.change.v1',
  key: 'k',
  headers: '{}',
  payload: '{}',
  carrier: null,
  waitedMs: 0,
};

function senderAt(broker: { readonly says: string }): FactSender {
  const producer: Partial<Producer> = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    sendBatch: () => Promise.reject(Object.assign(new Error(broker.says), { type: broker.says })),
  };
  const connection = { prefix: '', producers: { producer: () => producer } } as unknown as KafkaConnection;
  const counts = { add: () => undefined, observe: () => undefined };
  return new FactSender(connection, { sent: counts, refused: counts, sendSeconds: counts } as unknown as Measures);
}

describe('facts that the broker does not take', () => {
  it('are refused for good when no later try can succeed', async () => {
    const { sent, refused } = await senderAt({ says: 'MESSAGE_TOO_LARGE' }).send([fact]);

    expect(sent).toEqual([]);
    expect(refused.map((one) => one.fact)).toEqual([fact]);
  });

  it('wait while our clock is so wrong that the broker does not believe their time', async () => {
    await expect(senderAt({ says: 'INVALID_TIMESTAMP' }).send([fact])).rejects.toThrow('INVALID_TIMESTAMP');
  });
});
