import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Post, Query, UseInterceptors } from '@nestjs/common';
import { Me, NewToken, Token, TokenMade, TokenQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller } from '@throughline/service';
import { OnceByKey } from '../proxy/once-by-key.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import type { Grant } from './grants.ts';
import { Tokens } from './tokens.ts';

/** Tokens and who one is. */
@Controller('api/v1')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Get('me')
  @Access(undefined, { bound: true })
  @Answers(Me, { description: 'Who calls, and what that allows' })
  me(@Caller() caller: GatewayCaller): Me {
    return {
      id: caller.id,
      name: caller.name,
      ...(caller.person?.email ? { email: caller.person.email } : {}),
      ...(caller.person ? { person: caller.person.id } : {}),
      token: caller.token,
      via: caller.via,
      rights: [...caller.rights],
      ...(caller.team ? { team: caller.team } : {}),
      ...applicationsOf(caller),
      grants: caller.grants.map((grant) => ({ rights: [...grant.rights], ...applicationsOf(grant) })),
      ...(caller.expiresAt ? { expiresAt: caller.expiresAt.toISOString() } : {}),
    };
  }

  @Get('tokens')
  @Access('tokens:read')
  @Answers(Token, { list: true, description: 'Tokens that are good, newest first' })
  list(@Query() query: TokenQuery, @Caller() caller: GatewayCaller): Promise<Page<Token>> {
    return this.tokens.page(caller, query);
  }

  @Get('tokens/:id')
  @Access('tokens:read')
  @Answers(Token, { description: 'One token, without its secret' })
  one(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: GatewayCaller): Promise<Token> {
    return this.tokens.one(caller, id);
  }

  @Post('tokens')
  @Access('tokens:write')
  @UseInterceptors(OnceByKey)
  @Answers(TokenMade, { status: 201, description: 'Makes a token; its secret is shown this once', secrets: ['secret'] })
  make(@Body() asked: NewToken, @Caller() caller: GatewayCaller): Promise<TokenMade> {
    return this.tokens.make(caller, asked);
  }

  @Delete('tokens/:id')
  @Access('tokens:write')
  @Answers(undefined, { status: 204, description: 'Ends a token, and all that was made with it' })
  async end(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: GatewayCaller): Promise<void> {
    await this.tokens.end(caller, id);
  }
}

function applicationsOf({ applications }: Pick<Grant, 'applications'>): { applications?: string[] } {
  return applications === '*' ? {} : { applications: [...applications] };
}
