import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { serviceNames, type ServiceName } from '@throughline/contracts';
import { ServiceConfig, ServiceInterface, type OpenApi, type ServiceDefinition } from '@throughline/service';
import { merged } from '../../apps/gateway/src/proxy/merged-interface.ts';

interface ModuleMetadata {
  readonly module?: Type;
  readonly controllers?: readonly Type[];
  readonly imports?: readonly (Type | ModuleMetadata)[];
}

/** The public interface of the platform as the gateway serves it, read off the services' decorators without starting one. */
export async function publicInterface(): Promise<OpenApi> {
  const names = ['gateway', ...serviceNames.filter((name) => name !== 'gateway')] as const;
  const documents = await Promise.all(names.map(async (name) => [name, await interfaceOf(name)] as const));
  return merged(new Map(documents));
}

async function interfaceOf(name: ServiceName): Promise<OpenApi> {
  const { default: definition } = (await import(`../../apps/${name}/src/service.ts`)) as { default: ServiceDefinition };
  const controllers = controllersOf(definition.module, new Set());
  const module = { controllers: new Map(controllers.map((controller) => [controller, { metatype: controller }])) };
  const config = Object.assign(new ServiceConfig(), { serviceName: name });
  return new ServiceInterface(config, new Map([[name, module]]) as never).describe();
}

function controllersOf(module: Type | ModuleMetadata, seen: Set<unknown>): Type[] {
  if (seen.has(module)) return [];
  seen.add(module);
  const dynamic: ModuleMetadata = typeof module === 'function' ? {} : module;
  const declared = declaredBy(typeof module === 'function' ? module : module.module!);
  const imports = [...(declared.imports ?? []), ...(dynamic.imports ?? [])];
  return [...(declared.controllers ?? []), ...(dynamic.controllers ?? []), ...imports.flatMap((one) => controllersOf(one, seen))];
}

function declaredBy(module: Type): ModuleMetadata {
  const read = (key: string): never => Reflect.getMetadata(key, module) as never;
  return { controllers: read('controllers'), imports: read('imports') };
}
