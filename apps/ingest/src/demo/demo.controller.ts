import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { CreatedSource, DemoBy, DemoClone, DemoSourceLeft } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { DemoSource } from './demo-source.ts';

@Controller('internal/demo')
export class DemoController {
  constructor(private readonly demo: DemoSource) {}

  @Post()
  @Internal('gateway')
  @Answers(CreatedSource, { status: 201 })
  make(@Body() { cloneUrl }: DemoClone): Promise<CreatedSource> {
    return this.demo.make(cloneUrl);
  }

  @Get()
  @Internal('gateway')
  @Answers(DemoSourceLeft)
  left(): Promise<DemoSourceLeft> {
    return this.demo.left();
  }

  @Delete()
  @Internal('gateway')
  @Answers(undefined, { status: 204 })
  remove(@Query() { by }: DemoBy): Promise<void> {
    return this.demo.remove(by);
  }
}
