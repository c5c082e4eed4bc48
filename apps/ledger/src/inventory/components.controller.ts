import { Controller, Get, Query } from '@nestjs/common';
import { ComponentAnswer, ComponentQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { ComponentList } from './component-list.ts';

@Controller('api/v1/components')
export class ComponentsController {
  constructor(private readonly components: ComponentList) {}

  @Get()
  @Access('findings:read')
  @Answers(ComponentAnswer, { list: true, description: 'Package versions in use, with where they are locked; before any advisory exists' })
  list(@Query() query: ComponentQuery, @Caller() caller: Identity): Promise<Page<ComponentAnswer>> {
    return this.components.page(query, caller);
  }
}
