import { Module } from '@nestjs/common';
import { DemoController } from './demo.controller.ts';
import { Demos } from './demos.ts';

/** The demonstration as one thing. */
@Module({ controllers: [DemoController], providers: [Demos] })
export class DemoModule {}
