import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, RawBody } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Text } from '@throughline/contracts';
import { httpHandlers } from '../http/handlers.ts';
import { Access, Public } from './access.ts';
import { refuseUndeclared } from './refuse-undeclared.ts';

class Thing {
  @Text(10) name: string;
}

@Controller('things')
class Careful {
  @Get() @Public('for a test') list(): void {}
  @Post() @Access('findings:write') make(@Body() thing: Thing): Thing {
    return thing;
  }
  @Post('raw') @Access('findings:write') raw(@RawBody() body: Buffer): Buffer {
    return body;
  }
  notAHandler(): void {}
}

@Controller('things')
@Access('findings:read')
class Careless {
  @Get() covered(): void {}
  @Post() @Public('for a test') make(@Body() thing: object): object {
    return thing;
  }
}

@Controller('things')
class Forgetful {
  @Get() list(): void {}
}

function handlersOf(...controllers: (new () => object)[]) {
  const module = { controllers: new Map(controllers.map((metatype) => [metatype, { metatype }])) };
  return httpHandlers(new Map([['m', module]]) as unknown as ModulesContainer);
}

describe('a start', () => {
  it('goes on when every handler says who may call it and what it takes', () => {
    expect(() => refuseUndeclared(handlersOf(Careful))).not.toThrow();
  });

  it('stops at a handler without a rule, naming it', () => {
    expect(() => refuseUndeclared(handlersOf(Careful, Forgetful))).toThrow(/Forgetful\.list declares no access rule/);
  });

  it('stops at a body that nothing validates', () => {
    expect(() => refuseUndeclared(handlersOf(Careless))).toThrow(/Careless\.make takes a body without a class/);
  });
});
