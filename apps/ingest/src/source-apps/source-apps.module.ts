import { Module } from '@nestjs/common';
import { SourcesModule } from '../sources/sources.module.ts';
import { SourceAppsController } from './source-apps.controller.ts';
import { AppKeeping } from './app-keeping.ts';
import { SourceApps } from './source-apps.ts';

@Module({ imports: [SourcesModule], controllers: [SourceAppsController], providers: [AppKeeping, SourceApps] })
export class SourceAppsModule {}
