import { Module } from '@nestjs/common';
import { ApplicationRows } from './application-rows.ts';
import { Applications } from './applications.ts';
import { ApplicationsController } from './applications.controller.ts';
import { Tolerances } from './tolerances.ts';

@Module({
  controllers: [ApplicationsController],
  providers: [ApplicationRows, Applications, Tolerances],
  exports: [ApplicationRows, Applications, Tolerances],
})
export class ApplicationsModule {}
