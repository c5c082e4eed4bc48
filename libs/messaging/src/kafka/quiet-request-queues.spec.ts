import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from '@jest/globals';
import './quiet-request-queues.ts';

interface Queue {
  readonly pending: unknown[];
  readonly throttleCheckTimeoutId: NodeJS.Timeout | null;
  push(request: object): void;
  fulfillRequest(response: object): void;
  destroy(): void;
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (options: object) => Queue;
const logger = { debug: () => undefined, warn: () => undefined };
const opened: Queue[] = [];

function queueOf(maxInFlightRequests: number): Queue {
  const options = { maxInFlightRequests, requestTimeout: 1_000, enforceRequestTimeout: false, clientId: 'test', broker: 'test' };
  const queue = new RequestQueue({ ...options, logger, isConnected: () => true });
  opened.push(queue);
  return queue;
}

function request(correlationId: number): object {
  const entry = { correlationId, apiName: 'Fetch', apiKey: 1, apiVersion: 1, resolve: () => undefined, reject: () => undefined };
  return { entry, expectResponse: true, sendRequest: () => undefined };
}

const answer = (correlationId: number): object => ({ correlationId, payload: undefined, size: 0 });

afterEach(() => opened.splice(0).forEach((queue) => queue.destroy()));

describe('the requests of a connection to the broker', () => {
  it('are not looked after while none waits', () => {
    const queue = queueOf(1);

    queue.push(request(1));
    queue.fulfillRequest(answer(1));

    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('are looked after while one waits', () => {
    const queue = queueOf(1);

    queue.push(request(1));
    queue.push(request(2));

    expect(queue.pending).toHaveLength(1);
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
  });

  it('go out when there is room', () => {
    const queue = queueOf(1);
    queue.push(request(1));
    queue.push(request(2));

    queue.fulfillRequest(answer(1));

    expect(queue.pending).toEqual([]);
  });
});
