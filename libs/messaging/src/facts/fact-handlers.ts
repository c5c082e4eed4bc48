import type { ModulesContainer } from '@nestjs/core';
import type { MessageHandler } from '@nestjs/microservices';
import { factMeta, topicName, type FactClass } from '@throughline/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import { onEventMark, type Subscription } from './on-event.ts';

/** A method that handles facts, for one consumer. */
export interface FactHandler {
  /** As in the code: `<class>.<method>`. */
  readonly name: string;
  readonly batch: number;
  /** Facts of several traces may share a call. */
  readonly acrossTraces: boolean;
  /** Nobody waits for it. */
  readonly mayWait: boolean;
  /** False for facts that it does not take. */
  when(fact: object): boolean;
  handle(facts: readonly object[]): Promise<void>;
}

/** The handlers of one module: one consumer group, one inbox name. */
export interface Consumer {
  /** `<service>.<module>`. */
  readonly name: string;
  /** Without prefix. */
  readonly topics: readonly string[];
  /** Nobody waits for any of its handlers. */
  readonly mayWait: boolean;
  readonly handlers: ReadonlyMap<FactClass, FactHandler>;
}

/** Sorts what Nest found into consumers by the module of each controller; throws for what would never be called. */
export function consumersOf(service: string, found: Iterable<MessageHandler>, modules: ModulesContainer): Consumer[] {
  refuseProviders(modules);
  const byName = new Map<string, Map<FactClass, FactHandler>>();
  for (const call of found) {
    const subscription = call.extras as unknown as Subscription;
    const name = `${service}.${moduleName(subscription, modules)}`;
    const handlers = byName.get(name) ?? new Map<FactClass, FactHandler>();
    const handler = handlerOf(subscription, call);
    for (const fact of subscription.facts) {
      if (handlers.has(fact)) throw new Error(`two methods of ${name} want ${fact.name}: the second would find it handled`);
      handlers.set(fact, handler);
    }
    byName.set(name, handlers);
  }
  return [...byName].map(([name, handlers]) => ({
    name,
    topics: [...new Set([...handlers.keys()].map((fact) => topicName(factMeta(fact).topic)))],
    mayWait: [...handlers.values()].every(({ mayWait }) => mayWait),
    handlers,
  }));
}

function handlerOf({ owner, method, batch, acrossTraces, mayWait, when }: Subscription, call: MessageHandler): FactHandler {
  return {
    name: `${owner.name}.${method}`,
    batch,
    acrossTraces,
    mayWait,
    when,
    async handle(facts) {
      const result: unknown = await call(batch > 1 ? facts : facts[0]);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    },
  };
}

function moduleName({ owner }: Subscription, modules: ModulesContainer): string {
  for (const module of modules.values()) {
    if ([...module.controllers.values()].some((controller) => controller.metatype === owner)) return shortName(module.metatype.name);
  }
  throw new Error(`no module has the controller ${owner.name}`);
}

/** `RunsModule` → `runs`. */
function shortName(className: string): string {
  return className
    .replace(/Module$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

/** Nest looks for handlers in controllers only: in a provider `@OnEvent` would stay silent for ever. */
function refuseProviders(modules: ModulesContainer): void {
  for (const module of modules.values()) {
    for (const { metatype } of module.providers.values()) {
      const prototype = (typeof metatype === 'function' ? metatype.prototype : undefined) as object | undefined;
      const method = prototype && methodsOf(prototype).find((each) => Reflect.hasMetadata(onEventMark, each));
      if (method) throw new Error(`${metatype!.name}.${method.name} carries @OnEvent, but is a provider: list it in controllers`);
    }
  }
}

function methodsOf(prototype: object): ((...args: unknown[]) => unknown)[] {
  return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }) =>
    typeof value === 'function' ? [value as (...args: unknown[]) => unknown] : [],
  );
}
