import { Module } from '@nestjs/common';
import { RoundsModule } from '../rounds/rounds.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { HookKeeper } from './hook-keeper.ts';
import { HookRemoval } from './hook-removal.ts';
import { HookVisits } from './hook-visits.ts';

@Module({
  imports: [RoundsModule, SourcesModule],
  providers: [HookKeeper, HookVisits, HookRemoval],
})
export class HooksModule {}
