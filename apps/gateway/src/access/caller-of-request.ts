import { Injectable } from '@nestjs/common';
import { Authenticator, Problem, type Right, type ServiceRequest } from '@throughline/service';
import { JobAccess } from '../ci/job-access.ts';
import { PublicAddress } from '../site/public-address.ts';
import { cookieOf } from './cookie.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { reachOf } from './grants.ts';
import { hashOf } from './secret.ts';
import { Sessions } from './sessions.ts';
import { StreamTickets } from './stream-tickets.ts';
import { TokenLines } from './token-lines.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const tokenForm = /^Bearer (tl_[A-Za-z0-9_-]{20,200})$/i;
/** The token of a CI job, as its build system made it. */
const jobTokenForm = /^Bearer ([A-Za-z0-9_-]{2,2048}\.[A-Za-z0-9_-]{2,12000}\.[A-Za-z0-9_-]{0,2048})$/i;

/** Who calls at the public door: by token, by session cookie, or by a ticket for the stream. */
@Injectable()
export class CallerOfRequest extends Authenticator {
  override readonly alwaysRequired = false;
  private readonly known = new WeakMap<object, Promise<GatewayCaller | undefined>>();

  constructor(
    private readonly lines: TokenLines,
    private readonly sessions: Sessions,
    private readonly tickets: StreamTickets,
    private readonly address: PublicAddress,
    private readonly jobs: JobAccess,
  ) {
    super();
  }

  /** Asked several times for one request (limits, guard, proxy), answered from the first. */
  override authenticate(request: ServiceRequest): Promise<GatewayCaller | undefined> {
    const known = this.known.get(request) ?? this.find(request);
    this.known.set(request, known);
    return known;
  }

  override forRight(caller: GatewayCaller, right: Right | undefined): GatewayCaller {
    return { ...caller, ...reachOf(caller.grants, right) };
  }

  private async find(request: ServiceRequest): Promise<GatewayCaller | undefined> {
    const header = request.headers.authorization;
    if (header !== undefined) {
      const jobToken = jobTokenForm.exec(header)?.[1];
      if (jobToken) return (await this.jobs.enter(jobToken)).caller;
      const token = tokenForm.exec(header)?.[1];
      if (!token) throw new Problem(401, 'unauthorized', 'the token is malformed: send `Authorization: Bearer tl_…`');
      return this.lines.byHash(hashOf(token));
    }
    const ticket = (request.query as { ticket?: unknown } | undefined)?.ticket;
    if (typeof ticket === 'string' && request.url.startsWith('/api/v1/stream?')) return this.tickets.use(ticket);
    return this.bySession(request);
  }

  private async bySession(request: ServiceRequest): Promise<GatewayCaller | undefined> {
    const secret = cookieOf(request.headers.cookie, this.address.cookie);
    if (!secret) return undefined;
    const caller = await this.sessions.callerOf(secret);
    if (caller && !safeMethods.has(request.method)) this.refuseForeignOrigin(request);
    return caller;
  }

  /** A cookie comes along with requests that other sites make; what changes something must come from ours. */
  private refuseForeignOrigin({ headers }: ServiceRequest): void {
    const site = headers['sec-fetch-site'];
    const own = this.address.isOwnOrigin(headers.origin) && (site === undefined || site === 'same-origin');
    if (!own) throw new Problem(403, 'forbidden', `with a session this is only taken from ${this.address.origin}`);
  }
}
