import { Injectable } from '@nestjs/common';
import {
  repositoryId,
  theDemo,
  type CreatedDemo,
  type CreatedSource,
  type Demo,
  type DemoLeft,
  type DemoSourceLeft,
  type NewDemo,
} from '@throughline/contracts';
import { Database, InternalClient, Problem, rows, type Right } from '@throughline/service';
import { everywhere, type GatewayCaller } from '../access/gateway-caller.ts';

const { site, name, application } = theDemo;
const path = '/internal/demo';
const document = {
  team: 'demo',
  tier: 'tier-1',
  dataClass: 'public',
  exposure: 'internet',
  repositories: [`${site}/${name}`],
  owners: ['demo-developer'],
};
const rights: readonly Right[] = ['sources:write', 'repositories:write', 'applications:write', 'advisories:write'];

/** Its parts belong to their services, which mark them: the demo is made and removed as a whole, and never by its names. */
@Injectable()
export class Demos {
  constructor(
    private readonly services: InternalClient,
    private readonly database: Database,
  ) {}

  async read(): Promise<Demo> {
    const [ingest, ...others] = await Promise.all([
      this.services.call<DemoSourceLeft>('ingest', { method: 'GET', path }),
      this.services.call<DemoLeft>('policy-engine', { method: 'GET', path }),
      this.services.call<DemoLeft>('ledger', { method: 'GET', path }),
    ]);
    if (ingest.rows > 0) return { state: 'present' };
    if (others.some((left) => left.rows > 0)) return { state: 'removing' };
    return { state: ingest.removed ? 'removed' : 'absent' };
  }

  /** Advisories first: the push finds them there. A part that is there already stays as it is. */
  async make({ advisories, cloneUrl }: NewDemo, caller: GatewayCaller): Promise<CreatedDemo> {
    refuseOthers(caller);
    if ((await this.read()).state === 'present') throw new Problem(409, 'conflict', 'the demo is there already');
    await this.services.call('ledger', { method: 'PUT', path, body: { advisories } });
    await this.services.call('policy-engine', { method: 'PUT', path, body: document });
    const source = await this.services.call<CreatedSource>('ingest', { method: 'POST', path, body: { cloneUrl } });
    return {
      source: source.id,
      url: source.url,
      secret: source.secret,
      name,
      repository: repositoryId(`${site}/${name}`),
      application,
    };
  }

  /** The repository first: what it brought is forgotten by every service within seconds. */
  async remove(caller: GatewayCaller): Promise<Demo> {
    refuseOthers(caller);
    await this.services.call('ingest', { method: 'DELETE', path, query: { by: caller.name } });
    await this.services.call('policy-engine', { method: 'DELETE', path });
    await this.services.call('ledger', { method: 'DELETE', path });
    await this.removeTokens();
    return this.read();
  }

  /** Those that the launcher made for showing the demo; they end by themselves within the hour, their rows end here. */
  private async removeTokens(): Promise<void> {
    const own = `select id from token where name = 'demo' and created_by is null and not first and expires_at < created_at + interval '2 hours'`;
    await this.database.transaction(async (tx) => {
      for (const table of ['session', 'sign_in_link']) await rows(tx, `delete from ${table} where token in (${own})`);
      await rows(tx, `delete from token where id in (${own})`);
    });
  }
}

/** It is the whole organisation's: who shows or removes it may change all of its parts, everywhere. */
function refuseOthers(caller: GatewayCaller): void {
  const missing = rights.filter((right) => !everywhere(caller, right));
  if (missing.length > 0) throw new Problem(403, 'forbidden', `this needs ${missing.join(', ')} for the whole organisation`);
}
