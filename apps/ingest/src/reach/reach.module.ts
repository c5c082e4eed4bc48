import { Module } from '@nestjs/common';
import { OrganisationsModule } from '../organisations/organisations.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { ReachEffects } from './reach-effects.ts';
import { ReachLooks } from './reach-looks.ts';

@Module({ imports: [SourcesModule, OrganisationsModule], providers: [ReachLooks, ReachEffects] })
export class ReachModule {}
