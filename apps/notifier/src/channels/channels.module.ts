import { Module } from '@nestjs/common';
import { ChannelStore } from './channel-store.ts';
import { Channels } from './channels.ts';

@Module({ providers: [Channels, ChannelStore], exports: [Channels, ChannelStore] })
export class ChannelsModule {}
