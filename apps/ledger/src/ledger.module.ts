import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { AdvisoriesModule } from './advisories/advisories.module.ts';
import { DemoModule } from './demo/demo.module.ts';
import { FindingsModule } from './findings/findings.module.ts';
import { InventoryModule } from './inventory/inventory.module.ts';
import { OwnersModule } from './owners/owners.module.ts';

@Module({ imports: [MessagingModule.forService('ledger'), InventoryModule, AdvisoriesModule, OwnersModule, FindingsModule, DemoModule] })
export class LedgerModule {}
