import { make, NewPerson, type TokenMade } from '@throughline/contracts';
import { Problem, rows } from '@throughline/service';
import { validateSync } from 'class-validator';
import type { AdministratorsKept } from '../access/administrators-kept.ts';
import type { People } from '../access/people.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Tokens } from '../access/tokens.ts';

/** What is shown of somebody who got a token on the machine; the only time that the secret is. */
export interface GivenToken {
  readonly name: string;
  readonly person: string;
  readonly token: string;
  readonly expiresAt: string;
}

const by = 'the machine';
const act = { actor: 'machine', actorName: by, via: 'machine' } as const;

/** What whoever owns the machine may do without a token: it holds the database, so this gives nothing that was not there. */
export class Administrators {
  constructor(
    private readonly kept: AdministratorsKept,
    private readonly people: People,
    private readonly tokens: Tokens,
    private readonly audit: AuditLog,
  ) {}

  /** Makes a named administrator. Throws `Problem` 400 for no name, 409 for one that is taken. */
  async create(name: string, email: string | undefined): Promise<GivenToken> {
    const asked = make(NewPerson, { name, role: 'administrator', ...(email === undefined ? {} : { email }) });
    const [fault] = validateSync(asked);
    if (fault)
      throw new Problem(400, 'invalid', `the ${fault.property} cannot be taken: ${Object.values(fault.constraints ?? {}).join(', ')}`);
    return this.kept.change(async (tx) => {
      const person = await this.people.insert(tx, asked, by);
      await this.audit.append(tx, { ...act, operation: 'admin.create', subject: `/api/v1/people/${person}` }, { outcome: 'done' });
      return given(name, person, await this.tokens.makeFor(tx, person, `first token of ${name}`));
    });
  }

  /** A further token of somebody who has lost theirs. Throws `Problem` 404, 409. */
  async token(name: string): Promise<GivenToken> {
    return this.kept.change(async (tx) => {
      const [known] = await rows<{ id: string; name: string; disabled: boolean }>(
        tx,
        'select id, name, disabled_at is not null as disabled from person where lower(name) = lower($1)',
        [name],
      );
      if (!known) throw new Problem(404, 'not_found', `there is nobody named ${name}`);
      if (known.disabled) throw new Problem(409, 'disabled', `the account of ${known.name} is disabled`);
      await this.audit.append(tx, { ...act, operation: 'admin.token', subject: `/api/v1/people/${known.id}` }, { outcome: 'done' });
      return given(known.name, known.id, await this.tokens.makeFor(tx, known.id, `token of ${known.name}, made on the machine`));
    });
  }
}

function given(name: string, person: string, { secret, expiresAt }: TokenMade): GivenToken {
  return { name, person, token: secret!, expiresAt: expiresAt! };
}
