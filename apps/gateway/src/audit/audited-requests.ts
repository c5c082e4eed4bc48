import { Socket } from 'node:net';
import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Log, type ServiceRequest } from '@throughline/service';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CallerOfRequest } from '../access/caller-of-request.ts';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { Interfaces } from '../proxy/interfaces.ts';
import type { Route } from '../proxy/route-table.ts';
import { AuditLog, type AuditedAct } from './audit-log.ts';
import { createdIn } from './created.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Asked at every build, and leave a decision; or change nothing that lasts. */
const leftOut = new Set(['gates:write', 'gateway.stream.ticket']);
/** Strangers may call these; they are written down when it is known who came in. */
const signIns = new Set(['gateway.session.begin', 'gateway.tokenExchange.exchange']);
const sweepMs = 60_000;

interface Audited {
  readonly route: Route;
  readonly id?: string;
  created?: string;
}

/** Writes every change through the public door into the audit log: who asked for it, and how it ended. Never what was sent. */
@Injectable()
export class AuditedRequests implements OnModuleInit, BeforeApplicationShutdown {
  private readonly audited = new WeakMap<object, Audited>();
  private readonly ending = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly interfaces: Interfaces,
    private readonly callers: CallerOfRequest,
    private readonly records: AuditLog,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    // After all that runs on arrival: what the door refused was not begun.
    server.addHook('preParsing', async (request) => this.begin(request as ServiceRequest));
    server.addHook('onSend', async (request, reply, payload) => this.see(request as ServiceRequest, reply, payload));
    server.addHook('onResponse', (request, reply, done) => {
      this.endLater(request, reply.statusCode);
      done();
    });
    this.timer = setInterval(() => this.track(this.sweep()), sweepMs);
    this.timer.unref();
    this.track(this.sweep());
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.ending);
  }

  private async begin(request: ServiceRequest): Promise<void> {
    const route = this.changing(request);
    if (!route) return;
    if (signIns.has(route.operation)) return void this.audited.set(request, { route });
    const caller = await this.callers.authenticate(request);
    if (caller) this.audited.set(request, { route, id: await this.records.begin(actOf(request, route, caller)) });
  }

  /** The operation, when it may change something for somebody and is not one of our own calls. */
  private changing({ method, url, raw }: ServiceRequest): Route | undefined {
    if (reading.has(method) || !url.startsWith('/api/v1/') || !(raw.socket instanceof Socket)) return undefined;
    const route = this.interfaces.find(method, url.split('?', 1)[0]!);
    if (!route || (route.open && !signIns.has(route.operation))) return undefined;
    return route.right?.endsWith(':read') || leftOut.has(route.right ?? '') || leftOut.has(route.operation) ? undefined : route;
  }

  private see(request: ServiceRequest, reply: FastifyReply, payload: unknown): void {
    const audited = this.audited.get(request);
    if (audited && reply.statusCode === 201) audited.created = createdIn(payload);
  }

  private endLater(request: ServiceRequest, status: number): void {
    const audited = this.audited.get(request);
    if (!audited) return;
    this.audited.delete(request);
    this.track(this.end(request, audited, status));
  }

  private async end(request: ServiceRequest, { route, id, created }: Audited, status: number): Promise<void> {
    const path = request.url.split('?', 1)[0]!;
    const end = {
      outcome: status < 400 ? ('done' as const) : status < 500 ? ('refused' as const) : ('failed' as const),
      status,
      ...(created ? { subject: `${path}/${created}` } : {}),
    };
    if (id) return this.records.end(id, end);
    // Who signs in is known when it is done; who failed to is nobody.
    const caller = request.caller as GatewayCaller | undefined;
    if (!caller) return;
    const begun = await this.records.begin(actOf(request, route, caller));
    await this.records.end(begun, end);
  }

  private async sweep(): Promise<void> {
    const count = await this.records.endAbandoned();
    if (count > 0) this.log.warn({ count }, 'changes were begun by a process that is gone: how they ended is not known');
  }

  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) =>
        this.log.warn({ error }, 'the audit log cannot be written now; what was begun is written down and follows'),
      )
      .finally(() => this.ending.delete(tracked));
    this.ending.add(tracked);
  }
}

function actOf(request: ServiceRequest, { operation }: Route, { id, name, via, token }: GatewayCaller): AuditedAct {
  return { actor: id, actorName: name, via, token, operation, subject: request.url.split('?', 1)[0]!, address: request.ip };
}
