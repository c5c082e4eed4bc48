import { Module } from '@nestjs/common';
import { HeldRecords } from './held-records.ts';
import { HeldRecordsOfAllController } from './held-records.controller.ts';
import { OwnCalls } from './own-calls.ts';

/** What operators look at over all services. */
@Module({ controllers: [HeldRecordsOfAllController], providers: [OwnCalls, HeldRecords] })
export class OperationsModule {}
