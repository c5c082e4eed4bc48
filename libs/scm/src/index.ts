export * from './client.ts';
export { isRef } from './payload.ts';
export * from './headers.ts';
export type { ListedRepository } from './repository-list.ts';
export type { ScmHooks } from './hooks.ts';
export * from './provider.ts';
export * from './registry.ts';
