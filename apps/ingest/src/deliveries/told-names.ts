import { Injectable } from '@nestjs/common';
import { repositoryId } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import type { RepositoryAddress, Translation } from '@throughline/scm';
import { Database, rows } from '@throughline/service';
import { followRenames } from '../reach/renamed.ts';
import { Renames, underFirstName, type Renamed, type Telling } from '../repositories/renames.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { scopeCovers } from '../sources/scope.ts';
import type { Outcome } from './candidate.ts';
import { nameTaken } from './standing.ts';

/** A translation under the name by which its repository is known here. */
interface Named {
  readonly translation: Translation;
  /** Who signed nothing told an id that is not known here yet. */
  readonly unproven?: true;
  /** Its repository is known by its id at the host, and the name is not: the host is to be asked. */
  readonly renamed?: Renamed;
  /** Why nothing can come of it. */
  readonly refusal?: Outcome;
}

/** What deliveries call repositories, held against their ids at the host: whoever is renamed stays who they are, whoever comes to the name is somebody else. */
@Injectable()
export class ToldNames {
  constructor(
    private readonly database: Database,
    private readonly renames: Renames,
    private readonly apis: ScmApis,
    private readonly outbox: Outbox,
  ) {}

  /** By what is known here. */
  async read(source: KnownSource, told: Translation): Promise<Named> {
    if ('ignored' in told) return { translation: told };
    const standing = await this.renames.standing(source, told.repository);
    if (standing.is === 'taken') return { translation: told, refusal: nameTaken(told.repository) };
    const translation = underFirstName(told, standing.first);
    if (standing.is === 'renamed') return { translation, renamed: standing };
    const unproven = source.provider.webhook.unsigned === true && told.repository.hostId !== undefined && !standing.identified;
    return { translation, ...(unproven ? { unproven } : {}) };
  }

  /** The same after the host was asked where that is needed. Throws while it does not tell. */
  async settled(source: KnownSource, told: Translation): Promise<Named> {
    const named = await this.read(source, told);
    if ('ignored' in told || !(named.renamed || named.unproven)) return named;
    const { repository } = told;
    const fullName = await this.apis.nameOf(source, repository);
    if (!named.renamed) return isNow(repository, fullName) ? named : { translation: withoutId(told) };
    if (fullName === undefined) {
      // Only what the host said itself is worth waiting for its word: else it is new here under its new name.
      if (!named.renamed.proven) return { translation: withoutId(told) };
      throw new Error(`the host does not show the repository ${repository.hostId ?? ''}, which is called ${repository.fullName} now`);
    }
    return (await this.follow(source, repository, fullName, named.renamed)) ? named : { ...named, refusal: nameTaken(repository) };
  }

  /** False where the name that it has now cannot be its own here. */
  private async follow(source: KnownSource, told: RepositoryAddress, fullName: string, known: Renamed): Promise<boolean> {
    if (fullName === known.fullName) return true;
    const called = repositoryId(source.provider.cloneUrl(source.baseUrl ?? '', fullName));
    if (!scopeCovers(source.scope, { id: called, fullName })) return false;
    return this.database.transaction(async (tx) => {
      const sql = 'select full_name from repository where id = $1 for no key update';
      const [row] = await rows<{ full_name: string | null }>(tx, sql, [known.id]);
      if (row?.full_name === fullName) return true;
      // What was asked before somebody else did may be older than what they were told.
      if (row?.full_name !== known.fullName) throw new Error(`${told.fullName} was renamed while its host was asked`);
      const facts = await followRenames(tx, source, {}, [{ id: told.hostId!, fullName, archived: false, called }]);
      await this.outbox.add(tx, ...facts);
      if (facts.length === 0) return false;
      if (called === told.id) this.renames.learn(called, known.first);
      return true;
    });
  }
}

function isNow({ fullName }: RepositoryAddress, atHost: string | undefined): boolean {
  return atHost?.toLowerCase() === fullName.toLowerCase();
}

/** Told by its name alone. */
function withoutId({ repository: { hostId: _, ...repository }, ...told }: Telling): Translation {
  return { ...told, repository };
}
