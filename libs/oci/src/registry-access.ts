import type { Dispatcher } from 'undici';

export interface RegistryAccount {
  readonly user: string;
  readonly password: string;
}

/** How registries may be reached. */
export interface RegistryAccess {
  /** The door to foreign hosts, which checks every address. */
  readonly dispatcher: Dispatcher;
  /** Whether the operator lets this host be asked without TLS. */
  readonly isPlain: (host: string) => boolean;
  readonly accountOf: (host: string) => RegistryAccount | undefined;
  /** Other hosts that may give tokens for it. */
  readonly realmsOf: (host: string) => readonly string[];
}
