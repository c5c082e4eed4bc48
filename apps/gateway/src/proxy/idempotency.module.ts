import { Module } from '@nestjs/common';
import { Idempotency } from './idempotency.ts';
import { OnceByKey } from './once-by-key.ts';

/** Effects that happen once. */
@Module({ providers: [Idempotency, OnceByKey], exports: [Idempotency, OnceByKey] })
export class IdempotencyModule {}
