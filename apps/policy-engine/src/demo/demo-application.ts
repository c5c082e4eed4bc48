import { Injectable } from '@nestjs/common';
import { ApplicationRemoved, make, theDemo, type ApplicationDocument, type DemoLeft } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { Database, Problem, rows, type Identity } from '@throughline/service';
import { ApplicationRows } from '../applications/application-rows.ts';
import { Applications } from '../applications/applications.ts';

const { application: name } = theDemo;

/** The gateway has looked who asks. */
const gateway: Identity = { kind: 'service', id: 'gateway', name: 'the demo', rights: ['*'], applications: '*' };

/** The application of the demo: only here one becomes the demo's, and only the demo's can be removed. */
@Injectable()
export class DemoApplication {
  constructor(
    private readonly database: Database,
    private readonly applications: Applications,
    private readonly table: ApplicationRows,
    private readonly outbox: Outbox,
  ) {}

  /** Throws `Problem` 409 when somebody else has an application of this name. */
  async put(document: ApplicationDocument): Promise<void> {
    const known = await this.database.rows<{ demo: boolean }>('select demo from application where name = $1', [name]);
    if (known.length > 0 && !known[0]!.demo) {
      throw new Problem(409, 'taken', `there is an application ${name} that is not the demo's: the demo cannot be shown beside it`);
    }
    if (known.length === 0) await this.applications.put(name, document, gateway, undefined);
    await this.database.rows('update application set demo = true where name = $1', [name]);
  }

  /** Its versions go with it; decisions that name it went with its repository. */
  async remove(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const [gone] = await rows<{ name: string; version: number }>(tx, 'select name, version from application where demo for update');
      if (!gone) return;
      await rows(tx, 'delete from application_repository where application = $1', [gone.name]);
      await rows(tx, 'delete from application_version where name = $1', [gone.name]);
      await rows(tx, 'delete from application where name = $1', [gone.name]);
      const fact = make(ApplicationRemoved, { name: gone.name });
      await this.outbox.add(tx, { fact, deliveryKey: `application ${gone.name} removed ${Date.now()}`, sequence: gone.version + 1 });
    });
  }

  async left(): Promise<DemoLeft> {
    return (await this.database.rows<DemoLeft>('select count(*)::int as rows from application where demo'))[0]!;
  }
}
