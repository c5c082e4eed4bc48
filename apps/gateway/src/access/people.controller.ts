import { Body, Controller, Delete, Get, Headers, Param, ParseUUIDPipe, Patch, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { NewPerson, NewPersonToken, PeopleQuery, Person, PersonChange, PersonMade, TokenMade, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Problem } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { OnceByKey } from '../proxy/once-by-key.ts';
import { Accounts } from './accounts.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { People } from './people.ts';

/** People, and what they may do. */
@Controller('api/v1/people')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly accounts: Accounts,
  ) {}

  @Get()
  @Access('people:read')
  @Answers(Person, { list: true, description: 'People by name' })
  list(@Query() query: PeopleQuery, @Caller() caller: GatewayCaller): Promise<Page<Person>> {
    return this.people.page(query, caller.teams);
  }

  @Get(':id')
  @Access('people:read')
  @Answers(Person, { description: 'One person; the ETag is the revision' })
  async one(@Param('id') id: string, @Caller() caller: GatewayCaller, @Res({ passthrough: true }) reply: FastifyReply): Promise<Person> {
    const { person, revision } = await this.people.one(id, caller.teams);
    void reply.header('etag', `"${revision}"`);
    return person;
  }

  @Post()
  @Access('people:write')
  @UseInterceptors(OnceByKey)
  @Answers(PersonMade, {
    status: 201,
    description: 'Makes an account with one role and a first token, whose secret is shown this once',
    secrets: ['secret'],
  })
  make(@Body() asked: NewPerson, @Caller() caller: GatewayCaller): Promise<PersonMade> {
    return this.accounts.make(caller, asked);
  }

  @Patch(':id')
  @Access('people:write')
  @Answers(Person, { description: 'Changes what is given; needs If-Match. `disabled` ends the tokens and sessions of the person' })
  async change(
    @Param('id') id: string,
    @Body() asked: PersonChange,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: GatewayCaller,
  ): Promise<Person> {
    await this.people.one(id, caller.teams);
    await this.accounts.change(caller, id, asked, revisionIn(ifMatch));
    return (await this.people.one(id, caller.teams)).person;
  }

  @Delete(':id')
  @Access('people:write')
  @Answers(undefined, { status: 204, description: 'Disables the account; the person stays, because the audit log names people' })
  async disable(@Param('id') id: string, @Caller() caller: GatewayCaller): Promise<void> {
    await this.people.one(id, caller.teams);
    await this.accounts.change(caller, id, { disabled: true }, '*');
  }

  @Post(':id/tokens')
  @Access('people:write')
  @UseInterceptors(OnceByKey)
  @Answers(TokenMade, { status: 201, description: 'A further token of a person, whose secret is shown this once', secrets: ['secret'] })
  async token(@Param('id', ParseUUIDPipe) id: string, @Body() asked: NewPersonToken, @Caller() caller: GatewayCaller): Promise<TokenMade> {
    await this.people.one(id, caller.teams);
    return this.accounts.token(caller, id, asked);
  }
}

function revisionIn(ifMatch: string | undefined): number | '*' {
  if (ifMatch === undefined)
    throw new Problem(428, 'precondition_required', 'send If-Match with the ETag of the person that you have seen');
  if (ifMatch === '*') return '*';
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch)?.[1];
  if (!revision) throw new Problem(412, 'changed_meanwhile', 'If-Match is not an ETag of this person');
  return Number(revision);
}
