import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.ts';
import { Routes } from './routes.ts';

@Module({ imports: [ChannelsModule], providers: [Routes], exports: [Routes] })
export class RoutesModule {}
