/** Who calls: a person or a token by way of the gateway, or another service for itself. */
export interface Identity {
  readonly kind: 'user' | 'service';
  readonly id: string;
  readonly name: string;
  /** `*` for all. */
  readonly rights: readonly string[];
  /** Names of the applications whose rows may be seen. */
  readonly applications: '*' | readonly string[];
  /** Whose token it is; absent for a token that is nobody's. */
  readonly person?: Person | undefined;
  /** A job of a build system: it speaks about this and nothing else, whatever its rights. */
  readonly bound?: Bound;
}

/** A person with an account. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
}

/** Whether an address (lower case) is that of the person. */
export function hasAddress({ email }: Person, address: string | null): boolean {
  return email !== null && email.toLowerCase() === address;
}

/** Whether somebody is the person of this id, or another account with that person's address (lower case): one pair of eyes. */
export function isSamePerson(person: Person, id: string, address: string | null): boolean {
  return person.id === id || hasAddress(person, address);
}

/** The one commit that a job of a build system may speak about: the one that it runs on. */
export interface Bound {
  /** Canonical id. */
  readonly repository: string;
  readonly commit: string;
  /** Full ref. */
  readonly ref: string;
  /** Why what it says counts at the change gate only; absent where the build gate takes it too. */
  readonly changeOnly?: string;
}
