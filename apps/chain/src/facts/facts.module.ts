import { Module } from '@nestjs/common';
import { FactLog } from './fact-log.ts';
import { FactRecorder } from './fact-recorder.ts';

@Module({ controllers: [FactRecorder], providers: [FactLog] })
export class FactsModule {}
