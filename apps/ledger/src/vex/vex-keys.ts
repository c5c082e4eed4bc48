import { Injectable } from '@nestjs/common';
import { keyIdOf } from '@throughline/policy';
import { Sealer, SigningKeys } from '@throughline/service';

/** The keys that sign what is exported as VEX. */
@Injectable()
export class VexKeys extends SigningKeys {
  constructor(sealer: Sealer) {
    super(sealer, { name: 'vex_key', idOf: keyIdOf });
  }
}
