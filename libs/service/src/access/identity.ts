/** Who calls: a person or a token by way of the gateway, or another service for itself. */
export interface Identity {
  readonly kind: 'user' | 'service';
  readonly id: string;
  readonly name: string;
  /** `*` for all. */
  readonly rights: readonly string[];
  /** Names of the applications whose rows may be seen. */
  readonly applications: '*' | readonly string[];
}
