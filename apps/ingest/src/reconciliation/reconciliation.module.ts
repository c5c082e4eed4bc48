import { Module } from '@nestjs/common';
import { RepositoriesModule } from '../repositories/repositories.module.ts';
import { RoundsModule } from '../rounds/rounds.module.ts';
import { MissedPushes } from './missed-pushes.ts';
import { Reconciler } from './reconciler.ts';
import { RepositoryLooks } from './repository-looks.ts';

@Module({
  imports: [RepositoriesModule, RoundsModule],
  providers: [Reconciler, RepositoryLooks, MissedPushes],
})
export class ReconciliationModule {}
