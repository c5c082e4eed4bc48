import { BundleRefused, EnvelopeRefused, openBundle } from '@throughline/policy';
import { exitCodes, Refused } from '../exit.ts';
import { jsonAt, keyAt } from '../signed-file.ts';
import { plain, say, show, showJson } from '../terminal.ts';

export interface VerifyFlags {
  /** Files with a public key each (PEM). */
  readonly key: readonly string[];
  /** Sequence of the last bundle that was seen. */
  readonly after?: string;
  readonly json?: boolean;
}

/** Verifies a signed bundle with a key that one has from elsewhere; needs no server. 0, or 1 with the reason. */
export async function verifyBundle(path: string, { key, after, json = false }: VerifyFlags): Promise<number> {
  const keys = await Promise.all(key.map(keyAt));
  const last = after === undefined ? undefined : Number(after);
  if (last !== undefined && !Number.isSafeInteger(last)) throw new Refused('usage', '--after takes the sequence of the last bundle');
  const envelope = await jsonAt(path);
  try {
    const { bundle, digest, keyId } = openBundle(envelope, { keys, ...(last === undefined ? {} : { after: last }) });
    const { sequence, publishedAt, by, policies } = bundle;
    const contents = policies.map(({ name, version, digest: own }) => ({ name, version, digest: own }));
    if (json) showJson({ verified: true, sequence, digest, keyId, publishedAt, by, policies: contents });
    else
      show(`bundle ${sequence}  ${digest}  ${policies.length} policies, published ${plain(String(publishedAt))} by ${plain(String(by))}`);
    return exitCodes.pass;
  } catch (error) {
    if (!(error instanceof BundleRefused || error instanceof EnvelopeRefused)) throw error;
    if (json) showJson({ verified: false, reason: error.message });
    say(`not to be believed: ${plain(error.message)}`);
    return exitCodes.denied;
  }
}
