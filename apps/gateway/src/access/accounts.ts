import { Injectable } from '@nestjs/common';
import type { NewPerson, NewPersonToken, NewRoleBinding, PersonChange, PersonMade, RoleBinding, TokenMade } from '@throughline/contracts';
import { Problem, rows } from '@throughline/service';
import { AdministratorsKept } from './administrators-kept.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { excess, type Grant } from './grants.ts';
import { People, refuseUnknownTeams } from './people.ts';
import { RoleBindings } from './role-bindings.ts';
import { Tokens } from './tokens.ts';

/** Who gives accounts and roles to whom: never more than they have themselves, and never so that no administrator is left. */
@Injectable()
export class Accounts {
  constructor(
    private readonly people: People,
    private readonly bindings: RoleBindings,
    private readonly tokens: Tokens,
    private readonly kept: AdministratorsKept,
  ) {}

  async make(caller: GatewayCaller, asked: NewPerson): Promise<PersonMade> {
    for (const team of asked.teams?.length ? asked.teams : [undefined])
      refuseAbove(caller, await this.bindings.grantOf({ role: asked.role, team }), asked.role);
    const { id, token } = await this.kept.change(async (tx) => {
      const made = await this.people.insert(tx, asked, caller.name);
      return { id: made, token: await this.tokens.makeFor(tx, made, `first token of ${asked.name}`) };
    });
    const { person } = await this.people.one(id);
    return { ...person, token };
  }

  async change(caller: GatewayCaller, id: string, asked: PersonChange, revision: number | '*'): Promise<void> {
    await this.refuseHigher(caller, id);
    await this.kept.change((tx) => this.people.change(tx, id, asked, revision));
  }

  /** A further token of somebody who lost theirs. */
  async token(caller: GatewayCaller, id: string, { name }: NewPersonToken): Promise<TokenMade> {
    const { person } = await this.people.one(id);
    if (person.disabled) throw new Problem(409, 'disabled', `${person.name} is disabled: enable the account first`);
    await this.refuseHigher(caller, person.id);
    return this.kept.change((tx) => this.tokens.makeFor(tx, person.id, name ?? `token of ${person.name}`));
  }

  async give(caller: GatewayCaller, asked: NewRoleBinding): Promise<RoleBinding> {
    if (asked.team !== undefined && asked.application !== undefined)
      throw new Problem(422, 'invalid', 'a role counts in a team or for an application, not both');
    refuseAbove(caller, await this.bindings.grantOf(asked), asked.role);
    const { person } = await this.people.one(asked.person);
    const id = await this.kept.change(async (tx) => {
      if (asked.team !== undefined) await refuseUnknownTeams(tx, [asked.team], '/team');
      return this.bindings.give(tx, { ...asked, person: person.id }, caller.name);
    });
    return this.bindings.one(id);
  }

  async take(caller: GatewayCaller, id: string): Promise<void> {
    const binding = await this.bindings.one(id);
    refuseAbove(caller, await this.bindings.grantOf(binding), binding.role);
    await this.kept.change((tx) => rows(tx, 'delete from role_binding where id = $1', [binding.id]));
  }

  /** Whoever could make a token for somebody, or rename them, would have their rights. Throws `Problem` 403. */
  async refuseHigher(caller: GatewayCaller, id: string): Promise<void> {
    const { person } = await this.people.one(id);
    for (const binding of person.roles) refuseAbove(caller, await this.bindings.grantOf(binding), binding.role);
  }
}

function refuseAbove(caller: GatewayCaller, asked: Grant, role: string): void {
  const over = excess(asked, caller.grants);
  if (over.length > 0)
    throw new Problem(403, 'forbidden', `the role ${role} allows there what you may not do yourself: ${over.slice(0, 5).join(', ')}`);
}
