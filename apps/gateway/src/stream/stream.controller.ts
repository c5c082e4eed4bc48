import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { StreamTicket } from '@throughline/contracts';
import { Access, Answers, Caller, type ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { StreamTickets } from '../access/stream-tickets.ts';
import { positionOf } from './event-stream.ts';
import { Streams } from './streams.ts';

/** What happens, as it happens. */
@Controller('api/v1/stream')
export class StreamController {
  constructor(
    private readonly streams: Streams,
    private readonly tickets: StreamTickets,
  ) {}

  @Get()
  @Access()
  @Answers(undefined, {
    produces: 'text/event-stream',
    description: 'Server-sent events; `Last-Event-ID` resumes, `?ticket=` stands for a token',
  })
  async stream(@Caller() caller: GatewayCaller, @Req() request: ServiceRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.streams.serve(caller, reply, positionOf(request.headers['last-event-id']));
  }

  @Post('tickets')
  @Access()
  @Answers(StreamTicket, { status: 201, description: 'A ticket for one connection within 30 seconds', secrets: ['ticket'] })
  ticket(@Caller() caller: GatewayCaller): StreamTicket {
    const { ticket, expiresAt } = this.tickets.issue(caller);
    return { ticket, expiresAt: expiresAt.toISOString() };
  }
}
