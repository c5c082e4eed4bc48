import type { Channel } from './channel.ts';

/** A channel that somebody, or the platform, set up. */
export interface ConfiguredChannel<S extends object = object, K extends object = object> {
  readonly name: string;
  readonly kind: Channel;
  readonly settings: S;
  /** Opens the sealed secrets; only what sends calls it. */
  secrets(): K;
}
