import { Body, Controller, Delete, Post, Req, Res } from '@nestjs/common';
import { NewSession, Session, SessionLink } from '@throughline/contracts';
import { Access, Answers, Caller, Problem, Public, type ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { PublicAddress } from '../site/public-address.ts';
import { cookieOf, sessionCookie } from './cookie.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { Sessions } from './sessions.ts';

/** Signing a browser in and out. */
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly address: PublicAddress,
  ) {}

  @Post()
  @Public('this is how one signs in')
  @Answers(Session, { status: 201, description: 'Exchanges a token, or the secret of a sign-in link, for a session cookie' })
  async begin(
    @Body() { token }: NewSession,
    @Req() request: ServiceRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    const { origin } = request.headers;
    // Another site must not sign a browser in under a name of its choice.
    if (origin !== undefined && !this.address.isOwnOrigin(origin)) throw new Problem(403, 'forbidden', `sign in at ${this.address.origin}`);
    const { secret, caller, expiresAt } = await this.sessions.begin(token);
    request.caller = caller;
    const seconds = Math.floor((expiresAt.getTime() - Date.now()) / 1000);
    void reply.header('set-cookie', sessionCookie(this.address.cookie, secret, seconds));
    return { name: caller.name, expiresAt: expiresAt.toISOString() };
  }

  @Delete()
  @Access()
  @Answers(undefined, { status: 204, description: 'Signs the browser out' })
  async end(@Req() request: ServiceRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const secret = cookieOf(request.headers.cookie, this.address.cookie);
    if (secret) await this.sessions.end(secret);
    void reply.header('set-cookie', sessionCookie(this.address.cookie, '', 0));
  }

  @Post('links')
  @Access()
  @Answers(SessionLink, {
    status: 201,
    description: 'A link that signs a browser in once as the caller, within five minutes',
    secrets: ['url'],
  })
  async link(@Caller() caller: GatewayCaller): Promise<SessionLink> {
    const { secret, expiresAt } = await this.sessions.link(caller);
    // Behind the #, it is sent to no server and stands in no log.
    return { url: `${this.address.origin}/signin#${secret}`, expiresAt: expiresAt.toISOString() };
  }
}
