import { Module } from '@nestjs/common';
import { RepositoriesModule } from '../repositories/repositories.module.ts';
import { MissedPushes } from './missed-pushes.ts';
import { Reconciler } from './reconciler.ts';
import { RepositoryLooks } from './repository-looks.ts';

@Module({
  imports: [RepositoriesModule],
  providers: [Reconciler, RepositoryLooks, MissedPushes],
})
export class ReconciliationModule {}
