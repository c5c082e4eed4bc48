import { vexFormats } from '@throughline/findings';
import { EnvelopeRefused, openEnvelope } from '@throughline/policy';
import { exitCodes } from '../exit.ts';
import { jsonAt, keyAt } from '../signed-file.ts';
import { plain, say, showJson } from '../terminal.ts';

export interface VexVerifyFlags {
  /** Files with a public key each (PEM). */
  readonly key: readonly string[];
}

const types = Object.values(vexFormats).map(({ mediaType }) => mediaType);

/** Verifies signed VEX with a key that one has from elsewhere, and prints the document; needs no server. 0, or 1 with the reason. */
export async function verifyVex(path: string, { key }: VexVerifyFlags): Promise<number> {
  const keys = await Promise.all(key.map(keyAt));
  const envelope = await jsonAt(path);
  try {
    const { payload, keyId } = openEnvelope(envelope, types, keys);
    showJson(JSON.parse(payload.toString('utf8')));
    say(`signed with ${keyId}`);
    return exitCodes.pass;
  } catch (error) {
    if (!(error instanceof EnvelopeRefused)) throw error;
    say(`not to be believed: ${plain(error.message)}`);
    return exitCodes.denied;
  }
}
