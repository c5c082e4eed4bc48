import { Module } from '@nestjs/common';
import { ChannelStore } from './channel-store.ts';
import { Channels } from './channels.ts';
import { ProviderCredentials } from './provider-credentials.ts';

@Module({ providers: [Channels, ChannelStore, ProviderCredentials], exports: [Channels, ChannelStore, ProviderCredentials] })
export class ChannelsModule {}
