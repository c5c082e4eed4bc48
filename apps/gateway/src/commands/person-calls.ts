import { Injectable } from '@nestjs/common';
import { Problem, ServiceAway, type Identity, type ProblemDocument } from '@throughline/service';
import { Clock } from '../access/clock.ts';
import { reachOf } from '../access/grants.ts';
import { RoleBindings } from '../access/role-bindings.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { actorByLink, type LinkedPerson } from '../links/linked-accounts.ts';
import { Interfaces } from '../proxy/interfaces.ts';
import type { Route } from '../proxy/route-table.ts';
import { SignedWire, type PersonCall, type Wired } from './signed-wire.ts';

/**
 * Calls the public interface as a person who did not come in by the door, but by a linked account: with the roles that the person
 * has now, signed for this one call, refused by the same services for the same reasons, and written into the same audit log.
 */
@Injectable()
export class PersonCalls {
  constructor(
    private readonly bindings: RoleBindings,
    private readonly clock: Clock,
    private readonly interfaces: Interfaces,
    private readonly wire: SignedWire,
    private readonly audit: AuditLog,
  ) {}

  /** The answer's body; throws the `Problem` that it was, or `ServiceAway`. */
  async call<T>(person: LinkedPerson, asked: PersonCall): Promise<T> {
    const route = this.routeOf(asked);
    const caller = await this.callerOf(person, route);
    if (asked.method === 'GET') return read<T>(route, await this.wire.send(route, caller, asked));
    const id = await this.audit.begin({ ...actorByLink(person, person.link), operation: route.operation, subject: asked.path });
    const answer = await this.wire.send(route, caller, asked).catch(async (error: unknown) => {
      await this.audit.end(id, { outcome: 'failed' });
      throw error;
    });
    const { status } = answer;
    await this.audit.end(id, { outcome: status < 400 ? 'done' : status < 500 ? 'refused' : 'failed', status });
    return read<T>(route, answer);
  }

  private routeOf({ method, path }: PersonCall): Route {
    const route = this.interfaces.find(method, path);
    if (route) return route;
    if (this.interfaces.missing().length > 0) throw new Problem(503, 'service_away', 'a service did not come up yet');
    throw new Problem(404, 'not_found', 'this cannot be done here yet');
  }

  private async callerOf({ id, name, email }: LinkedPerson, { right }: Route): Promise<Identity> {
    const own = await this.bindings.active(id, this.clock.now());
    const applications = await this.bindings.applicationsByTeam(own.flatMap(({ team }) => team ?? []));
    const { rights, applications: reached } = reachOf(this.bindings.grants(own, applications), right);
    return { kind: 'user', id, name, rights, applications: reached, person: { id, name, email } };
  }
}

function read<T>({ service }: Route, { status, body }: Wired): T {
  if (status < 400) return body as T;
  if (status >= 500) throw new ServiceAway(service, `it answered ${status}`);
  const { code = 'refused', detail = 'it was refused', errors } = (body ?? {}) as Partial<ProblemDocument>;
  throw new Problem(status, code, detail, errors);
}
