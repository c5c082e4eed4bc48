import { Module } from '@nestjs/common';
import { RoundsModule } from '../rounds/rounds.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { ProtectionKeeper } from './protection-keeper.ts';
import { ProtectionsController } from './protections.controller.ts';
import { ProtectionVisits } from './protection-visits.ts';

@Module({
  imports: [RoundsModule, SourcesModule],
  controllers: [ProtectionsController],
  providers: [ProtectionKeeper, ProtectionVisits],
})
export class ProtectionsModule {}
