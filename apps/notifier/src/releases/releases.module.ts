import { Module } from '@nestjs/common';
import { DirectoryModule } from '../directory/directory.module.ts';
import { StatusesModule } from '../statuses/statuses.module.ts';
import { ReleaseRows } from './release-rows.ts';
import { ReleaseSweep } from './release-sweep.ts';
import { ReleasesController } from './releases.controller.ts';
import { Releases } from './releases.ts';

@Module({
  imports: [DirectoryModule, StatusesModule],
  controllers: [ReleasesController],
  providers: [ReleaseRows, Releases, ReleaseSweep],
})
export class ReleasesModule {}
