import { Injectable } from '@nestjs/common';
import { ReadinessCheck } from '@throughline/service';
import { FactTransport } from './facts/fact-transport.ts';
import { OutboxRelay } from './outbox/outbox-relay.ts';

/** Facts come in: every consumer has joined its group and none stands still. */
@Injectable()
export class ConsumersReady extends ReadinessCheck {
  readonly name = 'facts in';

  constructor(private readonly transport: FactTransport) {
    super();
  }

  async check(): Promise<void> {
    const [problem] = this.transport.problems();
    if (problem) throw new Error(problem);
  }
}

/** Facts leave: the broker took the last that were sent. */
@Injectable()
export class RelayReady extends ReadinessCheck {
  readonly name = 'facts out';

  constructor(private readonly relay: OutboxRelay) {
    super();
  }

  async check(): Promise<void> {
    const problem = this.relay.problem();
    if (problem) throw new Error(problem);
  }
}
