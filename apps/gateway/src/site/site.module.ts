import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.ts';
import { AddressModule } from './address.module.ts';
import { Dashboard } from './dashboard.ts';
import { Door } from './door.ts';
import { RateLimits } from './rate-limits.ts';

/** What every request passes, and the dashboard's files. */
@Module({ imports: [AddressModule, AccessModule], providers: [RateLimits, Door, Dashboard] })
export class SiteModule {}
