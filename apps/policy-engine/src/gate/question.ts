import { Injectable } from '@nestjs/common';
import type { Gate, GateRequest, GateSubject } from '@throughline/contracts';
import { canonicalRepository, Database, Problem, sees, type Identity } from '@throughline/service';
import { Tolerances, type Accountable } from '../applications/tolerances.ts';
import { changeRequestLine, Lines } from '../facts/lines.ts';
import { SubjectRows } from '../facts/subject-rows.ts';

/** What a gate is asked, with everything resolved. */
export interface Question {
  readonly gate: Gate;
  readonly repository: string;
  readonly commit: string;
}

/** A question together with who answers for its subject. */
export interface Admitted {
  readonly question: Question;
  readonly accountable: Accountable;
}

/** Reads requests into questions and refuses those that the caller may not ask. */
@Injectable()
export class Questions {
  constructor(
    private readonly database: Database,
    private readonly lines: Lines,
    private readonly subjects: SubjectRows,
    private readonly tolerances: Tolerances,
  ) {}

  /** Undefined for a subject that nothing can be known about here, such as an image. Throws `Problem` 400, 403, 409. */
  async admit(request: GateRequest, caller: Identity): Promise<Admitted | undefined> {
    const repository = await this.repositoryOf(request.subject);
    if (repository === undefined) return undefined;
    const accountable = await this.accountable(repository, caller, request.application);
    const commit = request.subject.commit ?? (await this.headOf(repository, request.subject));
    return commit === undefined ? undefined : { question: { gate: request.gate, repository, commit }, accountable };
  }

  /** Who answers for a repository; refused when that is none of the caller's. */
  async accountable(repository: string, caller: Identity, application?: string): Promise<Accountable> {
    const accountable = await this.tolerances.ofRepository(repository);
    const owner = accountable.tolerance.application;
    if (!sees(caller, owner)) throw new Problem(403, 'out_of_scope', `your token does not cover the application of ${repository}`);
    if (application !== undefined && application !== owner) {
      throw new Problem(409, 'another_application', `${repository} belongs to the application ${owner}, not to ${application}`);
    }
    return accountable;
  }

  private async repositoryOf({ repository, commit, digest, image }: GateSubject): Promise<string | undefined> {
    if (repository !== undefined) return canonicalRepository(repository, '/subject/repository');
    if (commit === undefined) {
      if (digest === undefined && image === undefined) throw invalid('/subject', 'name a repository and a commit, or an image');
      return undefined;
    }
    const [found, another] = await this.database.transaction((tx) => this.subjects.repositoriesOf(tx, commit));
    if (another !== undefined) throw invalid('/subject/repository', 'more than one repository has this commit: name the one you mean');
    return found;
  }

  private headOf(repository: string, { pullRequest }: GateSubject): Promise<string | undefined> {
    if (pullRequest === undefined) throw invalid('/subject/commit', 'name the commit, or the number of the change request');
    return this.database.transaction((tx) => this.lines.headOf(tx, repository, changeRequestLine(pullRequest)));
  }
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem(400, 'invalid', 'what was sent is not valid', [{ pointer, detail }]);
}
