import { Module } from '@nestjs/common';
import { AlertsController } from './alerts.controller.ts';
import { ChainReader } from './chain-reader.ts';
import { ChainRoots } from './chain-roots.ts';
import { ChainsController } from './chains.controller.ts';

@Module({ controllers: [ChainsController, AlertsController], providers: [ChainReader, ChainRoots] })
export class EdgesModule {}
