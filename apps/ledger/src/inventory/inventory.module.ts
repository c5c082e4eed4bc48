import { Module } from '@nestjs/common';
import { ComponentList } from './component-list.ts';
import { Components } from './components.ts';
import { ComponentsController } from './components.controller.ts';
import { OwnersChangedHandler } from './owners-changed.handler.ts';
import { Repositories } from './repositories.ts';

@Module({
  controllers: [OwnersChangedHandler, ComponentsController],
  providers: [Repositories, Components, ComponentList],
  exports: [Repositories, Components],
})
export class InventoryModule {}
