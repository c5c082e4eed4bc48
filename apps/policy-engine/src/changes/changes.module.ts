import { Module } from '@nestjs/common';
import { ChangeRequests } from './change-requests.ts';
import { ChangeRows } from './change-rows.ts';

@Module({
  providers: [ChangeRows, ChangeRequests],
  exports: [ChangeRows, ChangeRequests],
})
export class ChangesModule {}
