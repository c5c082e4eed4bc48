import { Module } from '@nestjs/common';
import { Channels } from './channels.ts';

@Module({ providers: [Channels], exports: [Channels] })
export class ChannelsModule {}
