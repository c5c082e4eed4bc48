import { Module } from '@nestjs/common';
import { DefaultBranchHandler } from './default-branch.handler.ts';
import { OwnerRules } from './owner-rules.ts';
import { OwnersWorker } from './owners.worker.ts';

@Module({ controllers: [DefaultBranchHandler], providers: [OwnerRules, OwnersWorker], exports: [OwnerRules] })
export class OwnersModule {}
