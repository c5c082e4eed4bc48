import { Injectable } from '@nestjs/common';
import type { CommandOutcome, GivenCommand } from '@throughline/contracts';
import { ScmCallFailed, type GivenCommands, type RepositoryAddress } from '@throughline/scm';
import { Database, InternalClient } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';

/** Where a command was given. */
export interface CommandPlace {
  readonly repository: RepositoryAddress;
  /** Id of its row. */
  readonly repositoryId: string;
}

/** What a command asks for may be many calls. */
const timeoutMs = 100_000;

/** Hands commands to where it is known whose account gave them, and what that person may. */
@Injectable()
export class CommandOrders {
  constructor(
    private readonly database: Database,
    private readonly apis: ScmApis,
    private readonly internal: InternalClient,
  ) {}

  /** Why a comment that nothing proves does not count; undefined where the server has it. Throws `ScmCallFailed` when it may answer later. */
  async doubtOf(source: KnownSource, { fullName }: RepositoryAddress, given: GivenCommands): Promise<string | undefined> {
    const to = this.apis.of(source);
    if (!to || !source.provider.confirmGiven) return 'nothing proves who wrote this';
    try {
      return (await source.provider.confirmGiven(to, fullName, given)) ? undefined : 'the server has no such comment';
    } catch (error) {
      if (!(error instanceof ScmCallFailed) || error.retryable) throw error;
      return `the server did not let us look: ${error.message}`.slice(0, 400);
    }
  }

  /** A repository that this source stands for. */
  async placeOf(source: KnownSource, repository: RepositoryAddress): Promise<CommandPlace | undefined> {
    const sql = 'select id from repository where repository = $1 and source_id = $2';
    const [known] = await this.database.rows<{ id: string }>(sql, [repository.id, source.id]);
    return known && { repository, repositoryId: known.id };
  }

  run(source: KnownSource, place: CommandPlace, given: GivenCommands, index: number): Promise<CommandOutcome> {
    const { account, login, comment, number } = given;
    const body: GivenCommand = {
      ...{ source: source.id, account, login, comment, place: index, number, command: given.commands[index]! },
      ...{ repository: place.repository.id, repositoryId: place.repositoryId },
    };
    return this.internal.call<CommandOutcome>('gateway', { method: 'POST', path: '/internal/commands', body, timeoutMs });
  }
}
