import { Body, Controller, Delete, Get, Put } from '@nestjs/common';
import { ApplicationDocument, DemoLeft } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { DemoApplication } from './demo-application.ts';

@Controller('internal/demo')
export class DemoController {
  constructor(private readonly demo: DemoApplication) {}

  @Put()
  @Internal('gateway')
  @Answers(undefined, { status: 204 })
  put(@Body() document: ApplicationDocument): Promise<void> {
    return this.demo.put(document);
  }

  @Get()
  @Internal('gateway')
  @Answers(DemoLeft)
  left(): Promise<DemoLeft> {
    return this.demo.left();
  }

  @Delete()
  @Internal('gateway')
  @Answers(undefined, { status: 204 })
  remove(): Promise<void> {
    return this.demo.remove();
  }
}
