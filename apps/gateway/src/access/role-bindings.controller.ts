import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Post, Query, UseInterceptors } from '@nestjs/common';
import { NewRoleBinding, Role, RoleBinding, RoleBindingQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller } from '@throughline/service';
import { OnceByKey } from '../proxy/once-by-key.ts';
import { Accounts } from './accounts.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { RoleBindings } from './role-bindings.ts';
import { roles } from './roles.ts';

/** Who has which role, and where. */
@Controller('api/v1')
export class RoleBindingsController {
  constructor(
    private readonly bindings: RoleBindings,
    private readonly accounts: Accounts,
  ) {}

  @Get('roles')
  @Access()
  @Answers(Role, { list: true, description: 'The roles, and what each allows' })
  roles(): Page<Role> {
    return { items: roles(), next: null };
  }

  @Get('role-bindings')
  @Access('people:read')
  @Answers(RoleBinding, { list: true, description: 'Who has which role and where, newest first' })
  list(@Query() query: RoleBindingQuery, @Caller() caller: GatewayCaller): Promise<Page<RoleBinding>> {
    return this.bindings.page(query, caller.teams);
  }

  @Get('role-bindings/:id')
  @Access('people:read')
  @Answers(RoleBinding, { description: 'One role of a person' })
  one(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: GatewayCaller): Promise<RoleBinding> {
    return this.bindings.one(id, caller.teams);
  }

  @Post('role-bindings')
  @Access('people:write')
  @UseInterceptors(OnceByKey)
  @Answers(RoleBinding, { status: 201, description: 'Gives a person a role: in a team, for an application, or everywhere' })
  give(@Body() asked: NewRoleBinding, @Caller() caller: GatewayCaller): Promise<RoleBinding> {
    return this.accounts.give(caller, asked);
  }

  @Delete('role-bindings/:id')
  @Access('people:write')
  @Answers(undefined, { status: 204, description: 'Takes a role away, at once' })
  async take(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: GatewayCaller): Promise<void> {
    await this.bindings.one(id, caller.teams);
    await this.accounts.take(caller, id);
  }
}
