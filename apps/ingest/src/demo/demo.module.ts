import { Module } from '@nestjs/common';
import { RemovalModule } from '../removal/removal.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { DemoController } from './demo.controller.ts';
import { DemoSource } from './demo-source.ts';

@Module({ imports: [SourcesModule, RemovalModule], controllers: [DemoController], providers: [DemoSource] })
export class DemoModule {}
