import { Module } from '@nestjs/common';
import { WaiverRows } from './waiver-rows.ts';

/** The rows of waivers: what is judged reads them, and so does who grants them. */
@Module({ providers: [WaiverRows], exports: [WaiverRows] })
export class WaiverStoreModule {}
