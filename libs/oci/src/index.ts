export { readAuthFile } from './auth-file.ts';
export { platformOf, type Descriptor, type Platform } from './manifest.ts';
export { parseReference, type ImageReference } from './reference.ts';
export type { RegistryAccess, RegistryAccount } from './registry-access.ts';
export { Registry, type ImageContent } from './registry.ts';
export { RegistryFailed, type RegistryFault } from './registry-failed.ts';
