import { Module } from '@nestjs/common';
import { OrganisationsModule } from '../organisations/organisations.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { ReachLooks } from './reach-looks.ts';

@Module({ imports: [SourcesModule, OrganisationsModule], providers: [ReachLooks] })
export class ReachModule {}
