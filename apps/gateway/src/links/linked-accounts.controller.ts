import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Post, Query, UseInterceptors } from '@nestjs/common';
import { LinkCode, LinkedAccount, LinkedAccountQuery, NewLinkCode, NewLinkedAccount, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Database, grants, Problem } from '@throughline/service';
import { Accounts } from '../access/accounts.ts';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { reachOf } from '../access/grants.ts';
import { People } from '../access/people.ts';
import { OnceByKey } from '../proxy/once-by-key.ts';
import { LinkCodes } from './link-codes.ts';
import { LinkedAccounts, type LinkReach } from './linked-accounts.ts';

/** Accounts at source-code hosts, and whose they are. */
@Controller('api/v1/linked-accounts')
export class LinkedAccountsController {
  constructor(
    private readonly links: LinkedAccounts,
    private readonly codes: LinkCodes,
    private readonly people: People,
    private readonly accounts: Accounts,
    private readonly database: Database,
  ) {}

  @Get()
  @Access()
  @Answers(LinkedAccount, { list: true, description: "One's own; for who reads people, those of the people within reach. Newest first" })
  list(@Query() query: LinkedAccountQuery, @Caller() caller: GatewayCaller): Promise<Page<LinkedAccount>> {
    return this.links.page(query, reachFor(caller, 'people:read'));
  }

  @Get(':id')
  @Access()
  @Answers(LinkedAccount)
  one(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: GatewayCaller): Promise<LinkedAccount> {
    return this.links.one(id, reachFor(caller, 'people:read'));
  }

  @Post()
  @Access('people:write')
  @UseInterceptors(OnceByKey)
  @Answers(LinkedAccount, {
    status: 201,
    description: 'Says whose an account is: what it writes below change requests then counts as theirs',
  })
  async link(@Body() asked: NewLinkedAccount, @Caller() caller: GatewayCaller): Promise<LinkedAccount> {
    const { person } = await this.people.one(asked.person, caller.teams);
    if (person.disabled) throw new Problem(409, 'disabled', `${person.name} is disabled: enable the account first`);
    await this.accounts.refuseHigher(caller, person.id);
    const how = { proof: 'administrator', by: caller.name } as const;
    const id = await this.database.transaction((tx) => this.links.link(tx, asked, person.id, how));
    return this.links.one(id, { self: undefined, teams: '*' });
  }

  @Post('codes')
  @Access()
  @UseInterceptors(OnceByKey)
  @Answers(LinkCode, {
    status: 201,
    description: 'A code that proves an account to be yours when the account writes it, once and within 15 minutes',
    secrets: ['secret'],
  })
  async code(@Body() asked: NewLinkCode, @Caller() caller: GatewayCaller): Promise<LinkCode> {
    if (!caller.person) throw new Problem(409, 'nobody', "this token is nobody's: only people have linked accounts");
    // The account will be able to do what the person may, not only what this token may.
    await this.accounts.refuseHigher(caller, caller.person.id);
    const { secret, expiresAt } = await this.database.transaction((tx) => this.codes.make(tx, caller.person!.id, asked));
    return { secret, expiresAt: expiresAt.toISOString() };
  }

  @Delete(':id')
  @Access()
  @Answers(undefined, { status: 204, description: "Ends a link at once: one's own, or as somebody who changes people" })
  async unlink(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: GatewayCaller): Promise<void> {
    const link = await this.links.one(id, reachFor(caller, 'people:write'));
    await this.links.unlink(link.id);
  }
}

/** Their own, and with the right those of the people that it reaches. */
function reachFor(caller: GatewayCaller, right: 'people:read' | 'people:write'): LinkReach {
  const { rights, teams } = reachOf(caller.grants, right);
  return { self: caller.person?.id, teams: grants(rights, right) ? teams : [] };
}
