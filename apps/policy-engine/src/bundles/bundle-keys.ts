import { Injectable } from '@nestjs/common';
import { keyIdOf } from '@throughline/policy';
import { Sealer, SigningKeys } from '@throughline/service';

/** The keys that sign policy bundles. */
@Injectable()
export class BundleKeys extends SigningKeys {
  constructor(sealer: Sealer) {
    super(sealer, { name: 'policy_key', idOf: keyIdOf });
  }
}
