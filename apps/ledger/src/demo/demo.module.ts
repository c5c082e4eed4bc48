import { Module } from '@nestjs/common';
import { AdvisoriesModule } from '../advisories/advisories.module.ts';
import { DemoAdvisories } from './demo-advisories.ts';
import { DemoController } from './demo.controller.ts';

@Module({ imports: [AdvisoriesModule], controllers: [DemoController], providers: [DemoAdvisories] })
export class DemoModule {}
