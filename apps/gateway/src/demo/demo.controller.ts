import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { CreatedDemo, Demo, NewDemo } from '@throughline/contracts';
import { Access, Answers, Caller } from '@throughline/service';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { Demos } from './demos.ts';

@Controller('api/v1/demo')
export class DemoController {
  constructor(private readonly demos: Demos) {}

  @Get()
  @Access('chains:read')
  @Answers(Demo, { description: 'Whether the demo is there' })
  read(): Promise<Demo> {
    return this.demos.read();
  }

  @Post()
  @Access('sources:write')
  @Answers(CreatedDemo, { status: 201, secrets: ['secret'], description: 'For administrators. The secret signs pushes of the demo.' })
  make(@Body() wanted: NewDemo, @Caller() caller: GatewayCaller): Promise<CreatedDemo> {
    return this.demos.make(wanted, caller);
  }

  @Delete()
  @Access('sources:write')
  @Answers(Demo, { status: 202, description: 'For administrators. All that is the demo’s goes within seconds, and nothing else.' })
  remove(@Caller() caller: GatewayCaller): Promise<Demo> {
    return this.demos.remove(caller);
  }
}
