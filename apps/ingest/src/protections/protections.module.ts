import { Module } from '@nestjs/common';
import { SourcesModule } from '../sources/sources.module.ts';
import { ProtectionKeeper } from './protection-keeper.ts';
import { ProtectionVisits } from './protection-visits.ts';

@Module({
  imports: [SourcesModule],
  providers: [ProtectionKeeper, ProtectionVisits],
})
export class ProtectionsModule {}
