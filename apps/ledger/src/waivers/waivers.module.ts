import { Module } from '@nestjs/common';
import { ShadowWorker } from './shadow.worker.ts';
import { WaiverRows } from './waiver-rows.ts';
import { WaiverShadows } from './waiver-shadows.ts';
import { WaiversHandler } from './waivers.handler.ts';

@Module({ controllers: [WaiversHandler], providers: [ShadowWorker, WaiverRows, WaiverShadows], exports: [WaiverShadows] })
export class WaiversModule {}
