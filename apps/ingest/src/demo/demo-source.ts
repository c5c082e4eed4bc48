import { Injectable } from '@nestjs/common';
import { repositoryId, theDemo, type CreatedSource, type DemoSourceLeft } from '@throughline/contracts';
import { Database, rows, type Identity } from '@throughline/service';
import { SourceRemoval } from '../removal/source-removal.ts';
import { Sources } from '../sources/sources.ts';

const { site, name, application } = theDemo;
export const demoRepository = repositoryId(`${site}/${name}`);

/** A push may come before the news of the application: the demo's repository is its application's from the first. */
const listed = 'insert into application_repository (repository, application) values ($1, $2) on conflict do nothing';

/** The gateway has looked who asks. */
const gateway: Identity = { kind: 'service', id: 'gateway', name: 'the demo', rights: ['*'], applications: '*' };

const left = `
  select ((select count(*) from source where demo) + (select count(*) from repository where demo))::int as rows,
    exists (select 1 from removed_repository where repository = $1) as removed`;

/** The source of the demo, and by it the demo's repository: only here a source becomes the demo's. */
@Injectable()
export class DemoSource {
  constructor(
    private readonly database: Database,
    private readonly sources: Sources,
    private readonly removal: SourceRemoval,
  ) {}

  /** `cloneUrl` must lie below the folders that the operator allows, like that of every source. */
  async make(cloneUrl: string): Promise<CreatedSource> {
    const wanted = { kind: 'gitea', name: application, scope: { repositories: [name] }, settings: { baseUrl: site, cloneUrl } };
    const source = await this.sources.create(wanted, gateway);
    await this.database.transaction(async (tx) => {
      await rows(tx, 'update source set demo = true where id = $1', [source.id]);
      await rows(tx, listed, [demoRepository, application]);
    });
    return source;
  }

  async remove(by: string): Promise<void> {
    const found = await this.database.rows<{ id: string }>('select id from source where demo');
    for (const { id } of found) await this.removal.remove(id, { ...gateway, name: by });
    await this.database.transaction((tx) => rows(tx, 'delete from application_repository where repository = $1', [demoRepository]));
  }

  async left(): Promise<DemoSourceLeft> {
    return (await this.database.rows<DemoSourceLeft>(left, [demoRepository]))[0]!;
  }
}
