import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.ts';
import { DemoApplication } from './demo-application.ts';
import { DemoController } from './demo.controller.ts';

@Module({ imports: [ApplicationsModule], controllers: [DemoController], providers: [DemoApplication] })
export class DemoModule {}
