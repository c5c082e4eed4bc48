import { Module } from '@nestjs/common';
import { ChainRetention } from './chain-retention.ts';
import { FactLog } from './fact-log.ts';
import { FactRecorder } from './fact-recorder.ts';

@Module({ controllers: [FactRecorder], providers: [FactLog, ChainRetention] })
export class FactsModule {}
