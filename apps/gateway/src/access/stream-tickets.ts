import { Injectable } from '@nestjs/common';
import { Problem } from '@throughline/service';
import type { GatewayCaller } from './gateway-caller.ts';
import { hashOf, newSecret } from './secret.ts';
import { TokenLines } from './token-lines.ts';

const ticketMs = 30_000;
const atMost = 10_000;

interface Issued {
  readonly token: string;
  readonly until: number;
}

/** Tickets for `EventSource`, which cannot send a header: good for one connection within 30 seconds. Kept in memory only. */
@Injectable()
export class StreamTickets {
  private readonly issued = new Map<string, Issued>();

  constructor(private readonly lines: TokenLines) {}

  issue(caller: GatewayCaller): { ticket: string; expiresAt: Date } {
    for (const [key, { until }] of this.issued) if (until < Date.now() || this.issued.size >= atMost) this.issued.delete(key);
    const ticket = newSecret('ticket');
    const until = Date.now() + ticketMs;
    this.issued.set(keyOf(ticket), { token: caller.token, until });
    return { ticket, expiresAt: new Date(until) };
  }

  async use(ticket: string): Promise<GatewayCaller> {
    const key = keyOf(ticket);
    const found = this.issued.get(key);
    this.issued.delete(key);
    if (!found || found.until < Date.now())
      throw new Problem(401, 'unauthorized', 'the ticket was used before, or is older than 30 seconds');
    return this.lines.byId(found.token);
  }
}

const keyOf = (ticket: string): string => hashOf(ticket).toString('hex');
