import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { EdgesModule } from './edges/edges.module.ts';
import { FactsModule } from './facts/facts.module.ts';

@Module({ imports: [MessagingModule.forService('chain'), FactsModule, EdgesModule] })
export class ChainModule {}
