import { Injectable } from '@nestjs/common';
import { Database, Problem } from '@throughline/service';
import { AuditLog } from '../audit/audit-log.ts';
import { LinkCodes } from './link-codes.ts';
import { actorByLink, LinkedAccounts, type HostAccount, type LinkedPerson } from './linked-accounts.ts';

/** Who is behind an account, and how an account proves to be somebody's. */
@Injectable()
export class Links {
  constructor(
    private readonly database: Database,
    private readonly accounts: LinkedAccounts,
    private readonly codes: LinkCodes,
    private readonly audit: AuditLog,
  ) {}

  /** Undefined, too, where the person's account here was disabled. */
  async personOf(account: HostAccount): Promise<LinkedPerson | undefined> {
    const person = await this.accounts.personOf(account);
    return person?.disabled ? undefined : person;
  }

  /** Links the account that tells a code of a person; answers why not. */
  async prove(code: string, account: HostAccount): Promise<string | undefined> {
    try {
      return await this.database.transaction(async (tx) => {
        const person = await this.codes.use(tx, code, account);
        if (!person) return 'the code is not for this account, was used, or is over';
        const link = await this.accounts.link(tx, account, person.id, { proof: 'comment', by: person.name });
        const what = { operation: 'gateway.linkedAccounts.prove', subject: `/api/v1/linked-accounts/${link}` };
        await this.audit.append(tx, { ...actorByLink(person, link), ...what }, { outcome: 'done' });
        return undefined;
      });
    } catch (error) {
      if (error instanceof Problem && error.status === 409) return error.detail;
      throw error;
    }
  }
}
