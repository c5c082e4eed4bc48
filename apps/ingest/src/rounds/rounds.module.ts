import { Module } from '@nestjs/common';
import { Rounds } from './rounds.ts';

/** Looks that come again and again. */
@Module({ providers: [Rounds], exports: [Rounds] })
export class RoundsModule {}
