/** What went wrong with a registry, as far as it matters what to do next. */
export type RegistryFault = 'invalid' | 'refused' | 'unauthorized' | 'not_found' | 'too_large' | 'digest_mismatch' | 'unsupported' | 'away';

/** An image could not be pulled. The message names the registry and the image, and repeats nothing secret. */
export class RegistryFailed extends Error {
  readonly code = 'registry_failed';

  constructor(
    readonly fault: RegistryFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same question may be answered later. */
  get passing(): boolean {
    return this.fault === 'away';
  }
}
