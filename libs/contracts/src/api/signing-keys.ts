import { Maybe, OneOf, Text, Time } from '../fields.ts';

/** A public key that signs documents of one kind, or did. */
export class SigningKey {
  /** SHA-256 of the key (SPKI, DER), in hex. */
  @Text(64) id: string;
  @OneOf(['Ed25519']) algorithm: string;
  /** SPKI, PEM. */
  @Text(1000) publicKey: string;
  @Time() createdAt: string;
  /** It signs nothing since then; what it signed stays good. */
  @Maybe() @Time() retiredAt?: string;
}
