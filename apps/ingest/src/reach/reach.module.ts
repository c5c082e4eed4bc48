import { Module } from '@nestjs/common';
import { OrganisationsModule } from '../organisations/organisations.module.ts';
import { RoundsModule } from '../rounds/rounds.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { Installations } from './installations.ts';
import { ReachEffects } from './reach-effects.ts';
import { ReachLooks } from './reach-looks.ts';
import { ReachRounds } from './reach-rounds.ts';

@Module({ imports: [SourcesModule, OrganisationsModule, RoundsModule], providers: [ReachLooks, ReachEffects, ReachRounds, Installations] })
export class ReachModule {}
