import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.ts';
import { ApplicationChanges } from './application-changes.ts';
import { ApplicationRows } from './application-rows.ts';
import { Applications } from './applications.ts';
import { ApplicationsController } from './applications.controller.ts';
import { InternalApplicationsController } from './internal-applications.controller.ts';
import { Tolerances } from './tolerances.ts';

@Module({
  imports: [ChangesModule],
  controllers: [ApplicationsController, InternalApplicationsController],
  providers: [ApplicationRows, Applications, ApplicationChanges, Tolerances],
  exports: [ApplicationRows, Applications, ApplicationChanges, Tolerances],
})
export class ApplicationsModule {}
