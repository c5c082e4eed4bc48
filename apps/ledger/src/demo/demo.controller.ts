import { Body, Controller, Delete, Get, Put } from '@nestjs/common';
import { DemoAdvisories as Wanted, DemoLeft } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { DemoAdvisories } from './demo-advisories.ts';

@Controller('internal/demo')
export class DemoController {
  constructor(private readonly advisories: DemoAdvisories) {}

  @Put()
  @Internal('gateway')
  @Answers(undefined, { status: 204 })
  put(@Body() { advisories }: Wanted): Promise<void> {
    return this.advisories.put(advisories);
  }

  @Get()
  @Internal('gateway')
  @Answers(DemoLeft)
  left(): Promise<DemoLeft> {
    return this.advisories.left();
  }

  @Delete()
  @Internal('gateway')
  @Answers(undefined, { status: 204 })
  remove(): Promise<void> {
    return this.advisories.remove();
  }
}
