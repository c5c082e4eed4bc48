import { Module } from '@nestjs/common';
import { RepositoryRounds } from './repository-rounds.ts';

/** Looks at repositories that come again and again. */
@Module({ providers: [RepositoryRounds], exports: [RepositoryRounds] })
export class RoundsModule {}
