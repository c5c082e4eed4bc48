import { Module } from '@nestjs/common';
import { PublicAddress } from './public-address.ts';

/** Where the platform is reached. */
@Module({ providers: [PublicAddress], exports: [PublicAddress] })
export class AddressModule {}
