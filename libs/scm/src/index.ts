export * from './app.ts';
export * from './client.ts';
export { isRef } from './payload.ts';
export * from './headers.ts';
export type { ListedRepository } from './listed-repository.ts';
export type { ScmHooks } from './kept-hook.ts';
export * from './provider.ts';
export * from './registry.ts';
export { statusContext } from './status.ts';
