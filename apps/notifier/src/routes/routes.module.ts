import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.ts';
import { RoutePreview } from './route-preview.ts';
import { RouteStore } from './route-store.ts';
import { RoutesController } from './routes.controller.ts';
import { Routes } from './routes.ts';

@Module({ imports: [ChannelsModule], controllers: [RoutesController], providers: [RoutePreview, Routes, RouteStore], exports: [Routes] })
export class RoutesModule {}
