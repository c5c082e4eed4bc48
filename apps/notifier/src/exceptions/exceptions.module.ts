import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { RoutesModule } from '../routes/routes.module.ts';
import { ExceptionRows } from './exception-rows.ts';
import { ExceptionTeller } from './exception-teller.ts';
import { ExceptionsHandler } from './exceptions.handler.ts';
import { Exceptions } from './exceptions.ts';

@Module({
  imports: [DeliveriesModule, DirectoryModule, RoutesModule],
  controllers: [ExceptionsHandler],
  providers: [ExceptionRows, Exceptions, ExceptionTeller],
})
export class ExceptionsModule {}
