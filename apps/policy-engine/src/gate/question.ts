import { Injectable } from '@nestjs/common';
import type { Gate, GateRequest } from '@throughline/contracts';
import { Database, Problem, sees, type Identity } from '@throughline/service';
import { Tolerances, type Accountable } from '../applications/tolerances.ts';
import { changeRequestLine, Lines } from '../facts/lines.ts';
import { canonicalRepository } from '../repository-address.ts';

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
    private readonly tolerances: Tolerances,
  ) {}

  /** Undefined for a subject that nothing can be known about here, such as an image. Throws `Problem` 400, 403, 409. */
  async admit(request: GateRequest, caller: Identity): Promise<Admitted | undefined> {
    const { repository: address, commit, pullRequest, digest, image } = request.subject;
    if (address === undefined && (digest !== undefined || image !== undefined)) return undefined;
    if (address === undefined) throw invalid('/subject/repository', 'name the repository, or the digest of an image');
    const repository = canonicalRepository(address, '/subject/repository');
    const accountable = await this.accountable(repository, caller, request.application);
    if (commit !== undefined) return { question: { gate: request.gate, repository, commit }, accountable };
    if (pullRequest === undefined) throw invalid('/subject/commit', 'name the commit, or the number of the change request');
    const head = await this.database.transaction((tx) => this.lines.headOf(tx, repository, changeRequestLine(pullRequest)));
    return head === undefined ? undefined : { question: { gate: request.gate, repository, commit: head }, accountable };
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
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem(400, 'invalid', 'what was sent is not valid', [{ pointer, detail }]);
}
